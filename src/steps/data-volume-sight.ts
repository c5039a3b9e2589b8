import type { FileStat, Host } from '../engine/host.ts'
import type { Superblock } from '../formats/dumpe2fs.ts'
import { mountAt } from '../formats/mountinfo.ts'
import { type Absence, lookAtAbsence } from './data-volume-absence.ts'
import { type Ec2Facts, ec2Facts } from './data-volume-ec2.ts'
import type { Identified } from './data-volume-identity.ts'
import { contentsOf, type Signed, superblockOf, type Unsigned, type Zeros } from './disk-contents.ts'
import { chooseDisk } from './disk-identity.ts'
import { partitionOf, withMatch } from './disk-partition.ts'
import { type Disk, type Survey, topsOf } from './disk-survey.ts'
import { useOf, useOfPartition, withoutPartitions } from './disk-use.ts'
import type { Refusal } from './refusal.ts'

/** How far into the data volume it was possible, or needed, to look. `disk` is the partition, where one is configured. */
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
  | {
      readonly is: 'unsigned'
      readonly disk: Disk
      readonly contents: Zeros | Unsigned
      readonly facts: Ec2Facts
    }

/** Looks no further than the first thing that settles the matter: a rerun runs one command more than the survey. */
export async function sightOf(wanted: Identified, survey: Survey, host: Host, signal: AbortSignal): Promise<Sight> {
  const choice = chooseDisk(survey, wanted)
  if (choice.is === 'absent') return { is: 'absent', absence: await lookAtAbsence(wanted, survey, host, signal) }
  if (choice.is === 'refuse') return { is: 'refused', refusal: choice }
  const place = wanted.partition === undefined ? choice : await partitionOf(choice.disk, wanted.partition, host)
  if (place.is === 'refuse') return { is: 'refused', refusal: place }
  const { disk } = place
  if (mountAt(survey.mounts, wanted.mountPoint)?.device === disk.device) {
    return { is: 'mounted', disk, superblock: await superblockOf(disk.path, host, signal) }
  }
  const [use, free] = await Promise.all([
    disk.partOf === undefined
      ? useOfWhole(disk, wanted, survey, host, signal)
      : useOfPart(disk, disk.partOf, survey, host),
    host.deviceIsFree(choice.disk.path, signal), // the lock of a partition is that of its disk
  ])
  if (use !== undefined) return { is: 'refused', refusal: use }
  return free ? await sightInto(wanted, disk, host, signal) : { is: 'locked', disk }
}

async function useOfWhole(disk: Disk, wanted: Identified, survey: Survey, host: Host, signal: AbortSignal) {
  const use = useOf(disk, await topsOf(disk, host), survey)
  return use?.code === 'DISK_PARTITIONED' ? await withMatch(use, disk, wanted.fileSystem, host, signal) : use
}

async function useOfPart(partition: Disk, disk: Disk, survey: Survey, host: Host) {
  const [tops, diskTops] = await Promise.all([topsOf(partition, host), topsOf(withoutPartitions(disk), host)])
  return useOfPartition(partition, tops, disk, diskTops, survey)
}

/** Nothing uses it. */
async function sightInto(wanted: Identified, disk: Disk, host: Host, signal: AbortSignal): Promise<Sight> {
  const contents = await contentsOf(disk, host, signal)
  const asking = ec2Facts(wanted.volumeId, host, signal)
  if (contents.is !== 'signed') {
    const facts = await asking
    const claimed = await host.deviceIsClaimed(disk.path)
    return claimed ? { is: 'claimed', disk } : { is: 'unsigned', disk, contents, facts }
  }
  const { superblock } = contents
  const [facts, byUuid] = await Promise.all([
    asking,
    superblock.is === 'readable' ? host.stat(`/dev/disk/by-uuid/${superblock.uuid}`) : undefined,
  ])
  return { is: 'signed', disk, contents, byUuid, facts }
}
