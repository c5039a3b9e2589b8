import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { JobConfig } from '../config/job-schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type FrontendRecord, type NodeRecord, parseNodeRecord, printRecord } from '../formats/node-record.ts'
import { nodeLines } from '../formats/slurm-conf.ts'
import type { NodeHardware } from '../formats/slurm-node.ts'
import { nodeHardware } from './node-hardware.ts'
import { lookAtRecords, recordPath } from './node-records.ts'
import { shareOf } from './share.ts'
import { distrustOf } from './share-trust.ts'
import { lineOf } from './slurm-files.ts'

interface Seen {
  readonly address: string
  readonly hardware: NodeHardware | undefined
  readonly directory: FileStat | undefined
  readonly record: string | undefined
  /** The address of another machine that has this name, and works under it. */
  readonly rival: string | undefined
  /** The node that has told of this machine's address since: one that had it before, as the machine has it now. */
  readonly since: string | undefined
}

interface Kind<C> extends Pick<Step<C, Seen>, 'after' | 'packages'> {
  placeOf(config: C): { readonly directory: string; readonly path: string }
  hardware?(host: Host, signal: AbortSignal): Promise<NodeHardware>
  rival?(
    config: C,
    text: string | undefined,
    address: string,
    host: Host,
    signal: AbortSignal,
  ): Promise<string | undefined>
  since?(config: C, text: string | undefined, address: string, host: Host): Promise<string | undefined>
  contentOf(config: C, seen: Seen): NodeRecord | FrontendRecord
}

/** Unless slurm.conf has another. */
const slurmdPort = 6818

/** What the other machines must know of this one, on the share: the names of its nodes, no DNS of a VPC has. */
function record<C extends FrontendConfig | JobConfig>({ after, packages, ...kind }: Kind<C>): Step<C, Seen> {
  return {
    id: 'node-record',
    title: 'Record on the share',
    after,
    ...(packages && { packages }),
    deadlineMs: () => 60_000,

    async observe(config, host, signal) {
      const { directory, path } = kind.placeOf(config)
      const [address, hardware, found, text] = await Promise.all([
        host.primaryAddress(),
        kind.hardware?.(host, signal),
        host.stat(directory),
        host.read(path),
      ])
      const rival = await kind.rival?.(config, text, address, host, signal)
      const since = await kind.since?.(config, text, address, host)
      return { address, hardware, directory: found, record: text, rival, since }
    },

    decide(config, seen) {
      const { directory, record: was } = seen
      const { mountPoint } = shareOf(config)
      const place = kind.placeOf(config)
      const distrust = distrustOf(place.directory, directory)
      if (distrust !== undefined) return distrust
      if (seen.rival !== undefined) {
        const what = `the slurmd at ${seen.rival}, which has told that it is ${config.hostname}, to end`
        return { is: 'wait', code: 'NODE_NAME_IN_USE', for: what }
      }
      const content = printRecord(kind.contentOf(config, seen))
      return toConverge(
        `${config.hostname} is ${seen.address}`,
        directory === undefined && {
          do: 'mkdir',
          path: place.directory,
          mode: 0o755,
          owner: { user: 'root', group: 'root' },
          whileMounted: mountPoint,
          because: 'machines tell of themselves there',
        },
        (content !== was || seen.since !== undefined) && {
          do: 'write',
          path: place.path,
          content,
          was,
          mode: 0o644,
          whileMounted: mountPoint,
          because: reasonOf(was, seen),
        },
      )
    },
  }
}

function reasonOf(was: string | undefined, { since, address }: Seen): string {
  if (was === undefined) return 'the others do not know this machine yet'
  return since === undefined ? 'it tells of another machine' : `${since} has told of ${address} since`
}

/** For slurm.conf, which the front end writes. */
export const nodeRecord = record<JobConfig>({
  after: ['hostname', 'efs'],
  packages: () => ['slurmd'],
  placeOf(config) {
    const share = shareOf(config)
    return { directory: share.nodes, path: recordPath(share, config.hostname) }
  },
  hardware: nodeHardware,
  rival: rivalOf,
  since: sinceOf,
  contentOf: ({ hostname: name }, { address, hardware }) => ({ name, address, hardware }),
})

/** Of a machine that this one replaces, the address answers no more, or is another node's by now, or this machine's own. */
async function rivalOf(
  config: JobConfig,
  text: string | undefined,
  own: string,
  host: Host,
  signal: AbortSignal,
): Promise<string | undefined> {
  const address = parseNodeRecord(text ?? '')?.address
  if (address === undefined || address === own) return undefined
  const { holders } = await lookAtRecords(shareOf(config), host)
  if (holders.get(address) !== config.hostname) return undefined
  if ((await host.tcpTrouble(address, slurmdPort, signal)) !== undefined) return undefined
  const local = await host.exec(['ip', '-4', '-oneline', 'address', 'show', 'to', `${address}/32`], { signal })
  return local.stdout === '' ? address : undefined
}

/**
 * Where an address has gone from one node to another and back, the record of the one in between is the newer: the front end
 * takes the address for its. Looked at while slurm.conf does not have it for this node.
 */
async function sinceOf(
  config: JobConfig,
  text: string | undefined,
  own: string,
  host: Host,
): Promise<string | undefined> {
  const share = shareOf(config)
  if (parseNodeRecord(text ?? '')?.address !== own) return undefined
  const address = lineOf(config.hostname, nodeLines((await host.read(share.slurmConf)) ?? ''))?.address
  if (address === undefined || address === own) return undefined
  const holder = (await lookAtRecords(share, host)).holders.get(own)
  return holder === config.hostname ? undefined : holder
}

/** For the mounts of the job servers, once there is something to mount. Of two machines, the one with the claim writes it. */
export const frontendRecord = record<FrontendConfig>({
  after: ['hostname', 'front-end', 'nfs-export'],
  placeOf(config) {
    const { directory, frontend: path } = shareOf(config)
    return { directory, path }
  },
  contentOf: ({ hostname: name, dataVolume }, { address }) => ({ name, address, exports: dataVolume.mountPoint }),
})
