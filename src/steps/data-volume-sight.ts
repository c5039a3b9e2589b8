import type { FileStat, Host } from '../engine/host.ts'
import type { Superblock } from '../formats/dumpe2fs.ts'
import { mountAt } from '../formats/mountinfo.ts'
import { type Absence, lookAtAbsence } from './data-volume-absence.ts'
import { type Ec2Facts, ec2Facts } from './data-volume-ec2.ts'
import type { Identified } from './data-volume-identity.ts'
import { contentsOf, type Signed, superblockOf, type Unsigned, type Zeros } from './disk-contents.ts'
import { chooseDisk } from './disk-identity.ts'
import { type Disk, type Survey, topsOf } from './disk-survey.ts'
import { useOf } from './disk-use.ts'
import type { Refusal } from './refusal.ts'

/** How far into the data volume it was possible, or needed, to look. */
export type Sight =
  | { readonly is: 'absent'; readonly absence: Absence }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | { readonly is: 'mounted'; readonly disk: Disk; readonly superblock: Superblock }
  | { readonly is: 'locked'; readonly disk: Disk }
  /** There is nothing on it to be mounted, but something has it for itself. */
  | { readonly is: 'claimed'; readonly disk: Disk }
  | {
      readonly is: 'signed'
      readonly disk: Disk
      readonly contents: Signed
      readonly byUuid: FileStat | undefined
      readonly facts: Ec2Facts
    }
  | { readonly is: 'unsigned'; readonly disk: Disk; readonly contents: Zeros | Unsigned; readonly facts: Ec2Facts }

/** Looks no further than the first thing that settles the matter: a rerun runs one command more than the survey. */
export async function sightOf(wanted: Identified, survey: Survey, host: Host, signal: AbortSignal): Promise<Sight> {
  const choice = chooseDisk(survey, wanted)
  if (choice.is === 'absent') return { is: 'absent', absence: await lookAtAbsence(wanted, survey, host, signal) }
  if (choice.is === 'refuse') return { is: 'refused', refusal: choice }
  const { disk } = choice
  if (mountAt(survey.mounts, wanted.mountPoint)?.device === disk.device) {
    return { is: 'mounted', disk, superblock: await superblockOf(disk.path, host, signal) }
  }
  const [tops, free] = await Promise.all([topsOf(disk, host), host.deviceIsFree(disk.path, signal)])
  const use = useOf(disk, tops, survey)
  if (use !== undefined) return { is: 'refused', refusal: use }
  if (!free) return { is: 'locked', disk }

  const contents = await contentsOf(disk, host, signal)
  const asking = ec2Facts(wanted.volumeId, host, signal)
  if (contents.is !== 'signed') {
    const facts = await asking
    return (await host.deviceIsClaimed(disk.path)) ? { is: 'claimed', disk } : { is: 'unsigned', disk, contents, facts }
  }
  const { superblock } = contents
  const [facts, byUuid] = await Promise.all([
    asking,
    superblock.is === 'readable' ? host.stat(`/dev/disk/by-uuid/${superblock.uuid}`) : undefined,
  ])
  return { is: 'signed', disk, contents, byUuid, facts }
}
