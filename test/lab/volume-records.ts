import type { AttachmentState, Cloud, Volume } from './cloud.ts'
import { DATA_VOLUME_DEVICE, DATA_VOLUME_ID } from './lab.ts'

export const OTHER_INSTANCE = 'i-0fedcba9876543210'
export const OTHER_ZONE = 'us-east-1b'

/** Makes EC2 tell something of the data volume, which is free otherwise. */
export type Tell = (cloud: Cloud, free: Volume, instanceId: string) => void

export const isGone: Tell = ({ volumes }) => void volumes.delete(DATA_VOLUME_ID)

export const isInOtherZone: Tell = ({ volumes }, free) =>
  void volumes.set(DATA_VOLUME_ID, { ...free, zone: OTHER_ZONE })

/** Something else than there is to it; where it is attached, it stays so. */
export const isSaidToHave =
  (told: Partial<Volume>): Tell =>
  ({ volumes }, free) => {
    const attachment = volumes.get(DATA_VOLUME_ID)?.attachment
    volumes.set(DATA_VOLUME_ID, { ...free, ...(attachment && { state: 'in-use', attachment }), ...told })
  }

export const isWithOther =
  (state: AttachmentState): Tell =>
  (cloud, free) =>
    isWith(state)(cloud, free, OTHER_INSTANCE)

export const isWith =
  (state: AttachmentState): Tell =>
  ({ volumes }, free, instanceId) => {
    const attachment = { instanceId, device: DATA_VOLUME_DEVICE, state, attachTime: new Date().toISOString() }
    volumes.set(DATA_VOLUME_ID, { ...free, state: 'in-use', attachment })
  }
