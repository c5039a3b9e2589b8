import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Action } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { parseFrontEndClaim, printFrontEndClaim } from '../formats/front-end-claim.ts'
import { mountAt, parseMountinfo } from '../formats/mountinfo.ts'
import { parseFrontendRecord } from '../formats/node-record.ts'
import { ownLines } from '../formats/own-lines.ts'
import { controllerElsewhere } from './controller-elsewhere.ts'
import { volumeIdOf } from './disk-identity.ts'
import { ownItem } from './own-item.ts'
import { systemctl, unitStates } from './service.ts'
import { type Share, shareOf } from './share.ts'
import { type LocalFiles, localFiles, publishedFiles, toSave } from './slurm-files.ts'
import { slurmctldUnit } from './slurmctld.ts'

interface Seen {
  readonly instanceId: string
  readonly claim: FileStat | undefined
  /** The EBS volume that is mounted where the data volume is to be. */
  readonly volumeId: string | undefined
  /** A disk is mounted there that has no serial to tell its volume by. */
  readonly hasNoSerial: boolean
  /** Of the share; looked at while there is no claim. */
  readonly directory: FileStat | undefined
  /** Where another machine is the front end by an earlier release, which makes no claim; looked at while there is none. */
  readonly before: string | undefined
  /** slurmctld runs here, or would at the next boot; looked at while another machine is the front end. */
  readonly isServing: boolean
  /** Where slurmctld of another machine still answers; asked once the data volume would have this one take over. */
  readonly answering: string | undefined
  /** What this machine has of the configuration that the other one has published; looked at as `answering` is. */
  readonly local: LocalFiles | undefined
}

/**
 * One instance alone is the front end: two slurmctld on one state, and one share, would each undo what the other does. Who
 * comes in the place of another proves by the data volume that the other is out of the way: EBS attaches it to one. But a
 * person may have unmounted and detached it where slurmctld still runs: so that must not answer either.
 */
export const frontEnd: Step<FrontendConfig, Seen> = {
  id: 'front-end',
  title: 'Front end of the cluster',
  after: ['efs'],
  // The data volume may come as late as it may.
  deadlineMs: ({ dataVolume }) => dataVolume.deadlineSeconds * 1_000,

  async observe(config, host, signal) {
    const share = shareOf(config)
    const [instanceId, claim, { volumeId, hasNoSerial }] = await Promise.all([
      ownItem('instance-id', 'the ID', host, signal),
      host.stat(share.frontEndClaim),
      diskAt(config.dataVolume.mountPoint, host),
    ])
    const [directory, before] =
      claim === undefined ? await Promise.all([host.stat(share.directory), addressBefore(share, host)]) : []
    const isOwn = parseFrontEndClaim(claim?.target ?? '')?.instanceId === instanceId
    const isElsewhere = !isOwn && (claim ?? before) !== undefined
    const [slurmctld] = isElsewhere ? await unitStates([slurmctldUnit], host, signal) : []
    const isServing = slurmctld?.active === 'active' || slurmctld?.enabled === true
    const isToTakeOver = isElsewhere && isVolumeHere(config, { claim, volumeId })
    const [answering, local] = isToTakeOver
      ? await Promise.all([controllerElsewhere(share, host, signal), localToForget(share, host)])
      : []
    return { instanceId, claim, directory, volumeId, hasNoSerial, before, isServing, answering, local }
  },

  decide(config, seen) {
    const { instanceId, claim, volumeId, before } = seen
    const { frontEndClaim: path, frontend, mountPoint: whileMounted } = shareOf(config)
    const known = config.dataVolume.volumeId ?? volumeId
    const own = {
      do: 'symlink',
      path,
      target: printFrontEndClaim({ instanceId, volumeId: known }),
      whileMounted,
    } as const
    if (claim === undefined) {
      if (before === undefined)
        return act(toMakeFolder(config, seen), { ...own, because: 'no instance is the front end yet' })
      const who = `the machine at ${before}`
      if (!isVolumeHere(config, seen)) return elsewhere(who, known, frontend, seen)
      return takeOver(config, { ...own, because: `${volumeId} is here` }, who, frontend, seen)
    }
    const held = parseFrontEndClaim(claim.target ?? '')
    if (held === undefined) return { is: 'wait', code, for: `a person: ${path} is no link to an instance; remove it` }
    const { instanceId: holder } = held
    const was = claim.target ?? ''
    if (holder === instanceId) {
      const isKnown = known === undefined || known === held.volumeId
      if (isKnown) return { is: 'converged', because: `it is this instance, ${instanceId}` }
      return act({ ...own, was, because: `the data volume is ${known}` })
    }
    if (!isVolumeHere(config, seen)) return elsewhere(holder, held.volumeId, path, seen)
    const target = printFrontEndClaim({ instanceId, volumeId })
    const because = `${volumeId} is here: ${holder} is the front end no more`
    return takeOver(config, { ...own, target, was, because }, holder, path, seen)
  },
}

const code = 'FRONT_END_ELSEWHERE'

function act(...actions: readonly (Action | false)[]): Decision {
  return { is: 'act', actions: actions.filter((action) => action !== false) }
}

function toMakeFolder(config: FrontendConfig, { directory }: Seen): Action | false {
  const { directory: path, mountPoint: whileMounted } = shareOf(config)
  const because = 'the cluster shares its configuration there'
  return directory === undefined && { do: 'mkdir', path, mode: 0o755, whileMounted, because }
}

/** The one with which another machine is the front end: by its claim, or, from before there were claims, as configured. */
function isVolumeHere({ dataVolume }: FrontendConfig, { claim, volumeId }: Pick<Seen, 'claim' | 'volumeId'>): boolean {
  const theirs =
    claim === undefined ? (dataVolume.volumeId ?? volumeId) : parseFrontEndClaim(claim.target ?? '')?.volumeId
  return volumeId !== undefined && volumeId === theirs
}

/** The lines of the operator that count are those of the front end before, not what this one had when it was that last. */
function toForgetConf(config: FrontendConfig, { local }: Seen): readonly Action[] {
  if (local === undefined) return []
  const { files, unsaved } = local
  const because = 'the front end before has published another since'
  return [
    ...unsaved.map((one) => toSave(one, files, config)),
    ...Object.keys(files)
      .filter((path) => files[path] !== undefined)
      .map((path) => ({ do: 'remove', path, because }) as const),
  ]
}

/** `told`: the file that says who is the front end. */
function takeOver(config: FrontendConfig, claiming: Action, who: string, told: string, seen: Seen): Decision {
  if (seen.answering === undefined) return act(...toForgetConf(config, seen), claiming)
  const what = `${who}, whose slurmctld still answers at ${seen.answering}: stop it there`
  return standBack(who, `${what}; if that is another machine by now, remove ${told}`, seen)
}

function elsewhere(who: string, volumeId: string | undefined, told: string, seen: Seen): Decision {
  const needed = volumeId ?? 'a person, as the data volume has no ID'
  const what = seen.hasNoSerial
    ? `a person, as the disk that is mounted here has no serial to show that ${who} is out of the way`
    : `${needed}: mounted here it shows that ${who} is out of the way`
  return standBack(who, `${what}; if that is gone for good, remove ${told}`, seen)
}

/** slurmctld does not start at the next boot either: that is before we look. */
function standBack(who: string, what: string, { isServing }: Seen): Decision {
  if (isServing) return act(systemctl(`${who} is the front end`, 'disable', '--now', slurmctldUnit))
  return { is: 'wait', code, for: what }
}

/** Of that which the front end before has published; what somebody has put there in its place takes nothing away. */
async function localToForget(share: Share, host: Host): Promise<LocalFiles> {
  const published = Object.entries(await publishedFiles(share, host))
  return await localFiles(Object.fromEntries(published.filter(([, text]) => ownLines(text ?? '') !== undefined)), host)
}

/** Where the record of the share has a front end that is not here. */
async function addressBefore(share: Share, host: Host): Promise<string | undefined> {
  const [record = '', address] = await Promise.all([host.read(share.frontend), host.primaryAddress()])
  const told = parseFrontendRecord(record)?.address
  return told === address ? undefined : told
}

/** By the serial of its NVMe controller; on Xen types disks have none, nor has one that was detached under its mount. */
async function diskAt(mountPoint: string, host: Host): Promise<Pick<Seen, 'volumeId' | 'hasNoSerial'>> {
  const mount = mountAt(parseMountinfo((await host.read('/proc/self/mountinfo')) ?? ''), mountPoint)
  if (mount === undefined) return { volumeId: undefined, hasNoSerial: false }
  const device = `/sys/dev/block/${mount.device}`
  // Of a disk, and of a partition, whose directory is in that of its disk.
  const serials = await Promise.all(
    [`${device}/device/serial`, `${device}/../device/serial`].map((path) => host.read(path)),
  )
  const serial = serials.find((one) => one !== undefined)?.trim()
  return { volumeId: volumeIdOf({ serial }), hasNoSerial: serial === undefined }
}
