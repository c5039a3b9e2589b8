import type { Config } from '../config/schema.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { intentPath, parseIntent } from '../formats/format-intent.ts'
import { type Mount, mountAt } from '../formats/mountinfo.ts'
import { objectionToUse } from './data-volume-attachment.ts'
import { whyNotAttached } from './data-volume-ec2.ts'
import { decideFormat } from './data-volume-format.ts'
import { decideMount, objectionToMount } from './data-volume-mount.ts'
import { type Sight, sightOf } from './data-volume-sight.ts'
import { surveyDisks } from './disk-survey.ts'
import { verdictOfSigned, verdictOfUnsigned } from './disk-verdict.ts'
import { soundnessOf } from './ext4-soundness.ts'

interface Seen {
  readonly sight: Sight
  /** What is mounted at the mount point. */
  readonly mount: Mount | undefined
  readonly mountPoint: FileStat | undefined
  readonly fstab: string | undefined
  /** The file that says that a format was begun. */
  readonly intentText: string | undefined
}

/** The EBS volume of the configuration, mounted; formatted before only on proof that it is the right disk and blank. */
export const dataVolume: Step<Pick<Config, 'dataVolume'>, Seen> = {
  id: 'data-volume',
  title: 'Data volume',
  after: [],
  deadlineMs: ({ dataVolume: { deadlineSeconds } }) => deadlineSeconds * 1_000,

  async observe({ dataVolume: wanted }, host, signal) {
    const [survey, mountPoint, fstab, intentText] = await Promise.all([
      surveyDisks(host, signal),
      host.stat(wanted.mountPoint),
      host.read('/etc/fstab'),
      host.read(intentPath(wanted.volumeId)),
    ])
    const sight = await sightOf(wanted, survey, host, signal)
    return { sight, mount: mountAt(survey.mounts, wanted.mountPoint), mountPoint, fstab, intentText }
  },

  decide({ dataVolume: wanted }, { sight, ...place }) {
    if (sight.is === 'refused') return sight.refusal
    if (sight.is === 'absent') {
      return { is: 'wait', code: 'DATA_VOLUME_NOT_ATTACHED', for: whyNotAttached(wanted.volumeId, sight.facts) }
    }
    const { disk } = sight
    if (sight.is === 'locked') {
      return {
        is: 'wait',
        code: 'DEVICE_BUSY',
        for: `another process holds the lock of ${disk.path}, most likely a mkfs`,
      }
    }
    if (sight.is === 'claimed') {
      return {
        is: 'wait',
        code: 'DEVICE_BUSY',
        for: `something keeps ${disk.path} for itself: a mkfs, or a mount of another namespace`,
      }
    }
    const objection = objectionToMount(wanted, disk, place.mount)
    if (objection !== undefined) return objection
    if (sight.is === 'unsigned') {
      const intent = parseIntent(place.intentText)
      const isOurs = intent?.volumeId === wanted.volumeId && intent.instanceId === sight.facts.instanceId
      const verdict = verdictOfUnsigned(disk.path, sight.contents, isOurs ? intent : undefined)
      return verdict.is === 'refuse' ? verdict : decideFormat(wanted, disk, verdict, sight.facts)
    }
    const verdict =
      sight.is === 'mounted'
        ? soundnessOf(disk.path, sight.superblock)
        : verdictOfSigned(disk, sight.contents, wanted.fileSystem)
    if (verdict.is === 'refuse') return verdict
    const shared = sight.is === 'signed' ? objectionToUse(wanted, disk, sight.facts) : undefined
    if (shared !== undefined) return shared
    return decideMount(wanted, disk, verdict, { ...place, byUuid: sight.is === 'signed' ? sight.byUuid : undefined })
  },
}
