import type { FormatIntent } from '../engine/action.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { treeOf } from '../formats/lsblk.ts'
import { type Mount, mountAt } from '../formats/mountinfo.ts'
import type { Superblock } from '../formats/superblock.ts'
import { type Absence, lookAtAbsence } from './data-volume-absence.ts'
import { type Ec2Facts, ec2Facts, snapshotBehind } from './data-volume-ec2.ts'
import type { Identified } from './data-volume-identity.ts'
import { objectionToMount } from './data-volume-mount.ts'
import { type Contents, contentsOf } from './disk-contents.ts'
import { type Findings, findingsOf } from './disk-findings.ts'
import { chooseDisk } from './disk-identity.ts'
import { partitionOf, withMatch } from './disk-partition.ts'
import { type Disk, devicesOf, type Survey, topsOf } from './disk-survey.ts'
import { hasIdlePartitions, useOf, useOfPartition, withoutPartitions } from './disk-use.ts'
import { type Verdict, verdictOf } from './disk-verdict.ts'
import { fileSystems } from './file-systems.ts'
import { mountFailureWords } from './mount-unit.ts'
import type { Refusal } from './refusal.ts'

/** How far into the data volume it was possible, or needed, to look. `disk` is the partition, where one is configured. */
export type Sight =
  | { readonly is: 'absent'; readonly absence: Absence }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** `copies`: devices with a file system of the same UUID. */
  | {
      readonly is: 'mounted'
      readonly disk: Disk
      readonly superblock: Superblock
      readonly copies: readonly string[]
    }
  /** `by`: who has it open for writing, too. */
  | { readonly is: 'locked'; readonly disk: Disk; readonly by: string | undefined }
  /** Nothing whole is on it, but something has it for itself. */
  | { readonly is: 'claimed'; readonly disk: Disk }
  /** Another process has it open for writing. */
  | { readonly is: 'written'; readonly disk: Disk; readonly by: string }
  | Reading

/** Nothing uses it, and it was read. */
export interface Reading {
  readonly is: 'read'
  readonly disk: Disk
  readonly verdict: Verdict
  /** The link of udev for a whole file system. */
  readonly byUuid: FileStat | undefined
  /** Of a whole file system: why it was not mounted when that was tried last in this boot; empty where it was not. */
  readonly mountWords: string
  readonly facts: Ec2Facts
  /** Of a disk that what was found speaks against. */
  readonly findings: Findings | undefined
}

/**
 * Looks no further than the first thing that settles the matter: a rerun runs one command or two more than the survey.
 * `begun`: the format of this volume that was begun, by whichever instance.
 */
export async function sightOf(
  wanted: Identified,
  begun: FormatIntent | undefined,
  survey: Survey,
  host: Host,
  signal: AbortSignal,
): Promise<Sight> {
  const choice = chooseDisk(survey, wanted)
  if (choice.is === 'absent') return { is: 'absent', absence: await lookAtAbsence(wanted, survey, host, signal) }
  if (choice.is === 'refuse') return { is: 'refused', refusal: choice }
  const place = wanted.partition === undefined ? choice : await partitionOf(choice.disk, wanted.partition, host)
  if (place.is === 'refuse') return { is: 'refused', refusal: place }
  const { disk } = place
  const mount = mountAt(survey.mounts, wanted.mountPoint)
  if (mount?.device === disk.device) {
    const superblock = await mountedSuperblockOf(disk, mount, wanted, host, signal)
    return { is: 'mounted', disk, superblock, copies: copiesOf(disk, superblock, survey) }
  }
  const isHidden = survey.mounts.some(({ device, target }) => device === disk.device && target === wanted.mountPoint)
  const cover = isHidden ? objectionToMount(wanted, disk, mount) : undefined
  if (cover !== undefined) return { is: 'refused', refusal: cover }
  const [use, free] = await Promise.all([
    disk.partOf === undefined
      ? useOfWhole(disk, wanted, survey, host, signal)
      : useOfPart(disk, disk.partOf, survey, host),
    host.deviceIsFree(choice.disk.path, signal), // the lock of a partition is that of its disk
  ])
  if (use?.is === 'refuse') return { is: 'refused', refusal: use }
  if (!free) return { is: 'locked', disk, by: await host.deviceWriter(devicesOf(disk)) }
  return await readingOf(disk, wanted, begun, use?.refusal, host, signal)
}

/** That of another file system than the configured one is not asked for: its tools do not know it. */
async function mountedSuperblockOf(
  disk: Disk,
  mount: Mount,
  { fileSystem, mountPoint }: Identified,
  host: Host,
  signal: AbortSignal,
): Promise<Superblock> {
  if (mount.type !== fileSystem) return { is: 'absent' }
  return await fileSystems[fileSystem].mountedSuperblockOf(disk.path, mountPoint, host, signal)
}

function copiesOf(disk: Disk, superblock: Superblock, survey: Survey): readonly string[] {
  if (superblock.is !== 'readable' || superblock.uuid === undefined) return []
  const { uuid } = superblock
  return survey.disks
    .flatMap(treeOf)
    .filter((device) => device.uuid === uuid && device.device !== disk.device)
    .map(({ path }) => path)
}

/** Partitions that are not used are no use of the disk, but something found on it. */
interface Partitioned {
  readonly is: 'partitioned'
  readonly refusal: Refusal
}

async function useOfWhole(
  disk: Disk,
  { fileSystem }: Identified,
  survey: Survey,
  host: Host,
  signal: AbortSignal,
): Promise<Refusal | Partitioned | undefined> {
  const tops = await topsOf(disk, host)
  const use = useOf(disk, tops, survey)
  if (use?.code !== 'DISK_PARTITIONED') return use
  const refused = await withMatch(use, disk, fileSystem, host, signal)
  return hasIdlePartitions(disk, tops, survey) ? { is: 'partitioned', refusal: refused } : refused
}

async function useOfPart(partition: Disk, disk: Disk, survey: Survey, host: Host) {
  const [tops, diskTops] = await Promise.all([topsOf(partition, host), topsOf(withoutPartitions(disk), host)])
  return useOfPartition(partition, tops, disk, diskTops, survey)
}

/** Nothing uses it. Of a disk with partitions no more is looked at. */
async function readingOf(
  disk: Disk,
  wanted: Identified,
  begun: FormatIntent | undefined,
  partitioned: Refusal | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<Sight> {
  const [facts, found] = await Promise.all([
    ec2Facts(wanted.volumeId, host, signal),
    partitioned ?? contentsOf(disk, wanted.fileSystem, host, signal),
  ])
  const intent = begun?.volumeId === wanted.volumeId && begun.instanceId === facts.instanceId ? begun : undefined
  const verdict = found.is === 'refuse' ? found : verdictOf(disk, found, wanted.fileSystem, intent)
  const writer = verdict.is === 'refuse' ? undefined : await host.deviceWriter(devicesOf(disk))
  if (writer !== undefined) return { is: 'written', disk, by: writer }
  if (verdict.is === 'holds') {
    const link = `/dev/disk/by-uuid/${verdict.uuid}`
    const [byUuid, mountWords] = await Promise.all([
      host.stat(link),
      mountFailureWords(wanted.mountPoint, link, host, signal),
    ])
    return { is: 'read', disk, verdict, byUuid, mountWords, facts, findings: undefined }
  }
  if (mayBeInTheMaking(found) && (await host.deviceIsClaimed(disk.path))) return { is: 'claimed', disk }
  const speaksAgainst = verdict.is === 'refuse' || snapshotBehind(facts) !== undefined
  const mayConsent = speaksAgainst && wanted.partition === undefined
  const findings = mayConsent ? await findingsOf(wanted, disk, host, signal) : undefined
  return { is: 'read', disk, verdict, byUuid: undefined, mountWords: '', facts, findings }
}

/**
 * Only then is the claim looked at, which for a moment keeps all others from it: what is whole, or in partitions,
 * somebody may be about to mount.
 */
function mayBeInTheMaking(found: Contents | Refusal): boolean {
  switch (found.is) {
    case 'zeros':
    case 'unsigned':
      return true
    case 'signed':
      return found.superblock.is === 'unfinished'
    case 'refuse':
      return false
  }
}
