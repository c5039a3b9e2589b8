import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Action } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { parseFrontEndClaim, printFrontEndClaim } from '../formats/front-end-claim.ts'
import { mountAt, parseMountinfo } from '../formats/mountinfo.ts'
import { parseFrontendRecord } from '../formats/node-record.ts'
import { volumeIdOf } from './disk-identity.ts'
import { ownItem } from './own-item.ts'
import { systemctl, unitStates } from './service.ts'
import { type Share, shareOf } from './share.ts'
import { slurmctldUnit } from './slurmctld.ts'

interface Seen {
  readonly instanceId: string
  readonly claim: FileStat | undefined
  /** The EBS volume that is mounted where the data volume is to be. */
  readonly volumeId: string | undefined
  /** Of the share; looked at while there is no claim. */
  readonly directory: FileStat | undefined
  /** Where another machine is the front end by an earlier release, which makes no claim; looked at while there is none. */
  readonly before: string | undefined
  /** slurmctld runs here, or would at the next boot; looked at while another machine is the front end. */
  readonly isServing: boolean
}

/**
 * One instance alone is the front end: two slurmctld on one state, and one share, would each undo what the other does. Who
 * comes in the place of another proves by the data volume that the other is out of the way: EBS attaches it to one.
 */
export const frontEnd: Step<FrontendConfig, Seen> = {
  id: 'front-end',
  title: 'Front end of the cluster',
  after: ['efs'],
  // The data volume may come as late as it may.
  deadlineMs: ({ dataVolume }) => dataVolume.deadlineSeconds * 1_000,

  async observe(config, host, signal) {
    const share = shareOf(config)
    const [instanceId, claim, volumeId] = await Promise.all([
      ownItem('instance-id', 'the ID', host, signal),
      host.stat(share.frontEndClaim),
      volumeAt(config.dataVolume.mountPoint, host),
    ])
    const [directory, before] =
      claim === undefined ? await Promise.all([host.stat(share.directory), addressBefore(share, host)]) : []
    const isOwn = parseFrontEndClaim(claim?.target ?? '')?.instanceId === instanceId
    const [slurmctld] = isOwn || (claim ?? before) === undefined ? [] : await unitStates([slurmctldUnit], host, signal)
    const isServing = slurmctld?.active === 'active' || slurmctld?.enabled === true
    return { instanceId, claim, directory, volumeId, before, isServing }
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
      if (known !== undefined && known === volumeId) return act({ ...own, because: `${volumeId} is here` })
      return elsewhere(`the machine at ${before}`, known, frontend, seen)
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
    if (volumeId === undefined || volumeId !== held.volumeId) return elsewhere(holder, held.volumeId, path, seen)
    const target = printFrontEndClaim({ instanceId, volumeId })
    return act({ ...own, target, was, because: `${volumeId} is here: ${holder} is the front end no more` })
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

/** It does not start at the next boot either: that is before we look. `told`: the file that says so. */
function elsewhere(who: string, volumeId: string | undefined, told: string, { isServing }: Seen): Decision {
  if (isServing) return act(systemctl(`${who} is the front end`, 'disable', '--now', slurmctldUnit))
  const what = `${volumeId ?? 'a person, as the data volume has no ID'}: mounted here it shows that ${who} is out of the way`
  return { is: 'wait', code, for: `${what}; if that is gone for good, remove ${told}` }
}

/** Where the record of the share has a front end that is not here. */
async function addressBefore(share: Share, host: Host): Promise<string | undefined> {
  const [record = '', address] = await Promise.all([host.read(share.frontend), host.primaryAddress()])
  const told = parseFrontendRecord(record)?.address
  return told === address ? undefined : told
}

/** By the serial of its NVMe controller; undefined for another disk, and for one that was detached under its mount. */
async function volumeAt(mountPoint: string, host: Host): Promise<string | undefined> {
  const mount = mountAt(parseMountinfo((await host.read('/proc/self/mountinfo')) ?? ''), mountPoint)
  if (mount === undefined) return undefined
  const device = `/sys/dev/block/${mount.device}`
  // Of a disk, and of a partition, whose directory is in that of its disk.
  const serials = await Promise.all(
    [`${device}/device/serial`, `${device}/../device/serial`].map((path) => host.read(path)),
  )
  return volumeIdOf({ serial: serials.find((serial) => serial !== undefined)?.trim() })
}
