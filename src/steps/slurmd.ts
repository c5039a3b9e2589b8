import { join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import type { WarningCode } from '../engine/codes.ts'
import type { Decision } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type NodeLine, nodeLines } from '../formats/slurm-conf.ts'
import type { NodeHardware } from '../formats/slurm-node.ts'
import { held } from './holds.ts'
import { dropInPath, dropInRule, type Tie, toTie } from './mount-drop-in.ts'
import { localKey } from './munge-key-trust.ts'
import { nodeHardware } from './node-hardware.ts'
import { type Refusal, refusal } from './refusal.ts'
import { journalTail, keepsDying, type ServiceState, serviceState, toRun } from './service.ts'
import { shareOf } from './share.ts'
import { cgroupConfPath, lineOf, slurmConfPath } from './slurm-files.ts'
import { describeNode, isInService, isUp, type KnownNode, nodeState } from './slurmd-node.ts'

const unit = 'slurmd.service'

interface Seen {
  readonly service: ServiceState
  readonly dropIn: string | undefined
  readonly files: readonly (FileStat | undefined)[]
  readonly address: string
  readonly hardware: NodeHardware
  /** The node's line of slurm.conf. */
  readonly line: NodeLine | undefined
  /** Looked at while the service is active alone. */
  readonly node: KnownNode | undefined
  /** The share has another key or slurm.conf by now; looked at while the node is not up. */
  readonly hasMovedOn: boolean
  /** What the daemon said last; looked at while it is not active. */
  readonly lastWords: string | undefined
}

/** slurmd, running with its files as they are now, and its node known to slurmctld as it is. */
export const slurmd: Step<JobConfig, Seen> = {
  id: 'slurmd',
  title: 'Slurm node',
  after: ['hostname', 'munge', 'slurm-conf', 'node-record', 'users', 'shared-volume'],
  packages: () => ['slurmd', 'slurm-client'],
  units: (config) => [...held(unit), dropInRule(tieOf(config))],
  // Not longer: a run that waits here follows neither a key that is replaced nor another slurm.conf.
  deadlineMs: () => 600_000,

  async observe(config, host, signal) {
    const { hostname } = config
    const [service, dropIn, conf, address, hardware, ...files] = await Promise.all([
      serviceState(unit, host, signal),
      host.read(dropInPath(unit)),
      host.read(slurmConfPath),
      host.primaryAddress(),
      nodeHardware(host, signal),
      host.stat(slurmConfPath),
      host.stat(cgroupConfPath),
    ])
    const line = lineOf(hostname, nodeLines(conf ?? ''))
    const isActive = service.active === 'active'
    const node = isActive ? await nodeState(hostname, host, signal) : undefined
    return {
      service,
      dropIn,
      files,
      address,
      hardware,
      line,
      node,
      hasMovedOn: node !== undefined && !isUp(node, address) && (await hasMovedOn(config, conf, host)),
      lastWords: isActive ? undefined : await journalTail(unit, host, signal),
    }
  },

  decide(config, seen, past) {
    const { service, dropIn, files, address, hardware, line, node, lastWords } = seen
    const tooSmall = objectionTo(hardware, line, config.hostname)
    if (tooSmall !== undefined) return tooSmall
    const tying = toTie(tieOf(config), dropIn, 'jobs must find the shared volume')
    if (tying.length > 0) return { is: 'act', actions: tying }
    const actions = toRun(service, Math.max(0, ...files.map((file) => file?.changedAtMs ?? 0)))
    if (actions.length > 0 && !keepsDying(service, past)) return { is: 'act', actions }
    if (node === undefined) {
      const what = `${unit} is ${service.active}; its last words: ${lastWords || 'none'}`
      return { is: 'wait', code: 'SLURMD_NOT_RUNNING', for: what }
    }
    const shown = 'trouble' in node ? node.trouble : describeNode(config.hostname, node, address)
    if ('trouble' in node || !isUp(node, address)) {
      if (seen.hasMovedOn) return warned('SHARE_MOVED_ON', shown, 'the next run follows the front end')
      return { is: 'wait', code: 'trouble' in node ? 'SLURMCTLD_NOT_ANSWERING' : 'NODE_NOT_UP', for: shown }
    }
    return isInService(node) ? { is: 'converged', because: shown } : warned('NODE_OUT_OF_SERVICE', shown, shown)
  },
}

function tieOf({ nfs }: JobConfig): Tie {
  return { unit, needed: nfs.mountPoint, behind: ['munge.service'] }
}

function warned(code: WarningCode, because: string, text: string): Decision {
  return { is: 'converged', because, warnings: [{ code, text }] }
}

async function hasMovedOn(config: JobConfig, conf: string | undefined, host: Host): Promise<boolean> {
  const share = shareOf(config)
  const [pointer, key, shared] = await Promise.all([
    host.stat(join(share.mungeKeys, 'current')),
    host.sha256(localKey),
    host.read(share.slurmConf),
  ])
  return pointer?.target !== `${key}.key` || shared !== conf
}

/** slurmctld drains a node that has less than its line says. */
function objectionTo(found: NodeHardware, line: NodeLine | undefined, name: string): Refusal | undefined {
  const { cpus = 0, memoryMiB = 0 } = line ?? {}
  if (found.cpus >= cpus && found.memoryMiB >= memoryMiB) return undefined
  return refusal(
    'NODE_TOO_SMALL',
    `slurm.conf gives ${name} ${cpus} CPUs and ${memoryMiB} MiB; slurmd finds ${found.cpus} CPUs and ${found.memoryMiB} MiB`,
    "lower cpus and memoryMiB in the front end's slurm.nodes and run apply there, or take a larger instance",
  )
}
