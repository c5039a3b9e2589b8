import type { JobConfig } from '../config/job-schema.ts'
import type { ActionOutcome, Exec } from '../engine/action.ts'
import type { Decision, Warning } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type NodeLine, nodeLines } from '../formats/slurm-conf.ts'
import type { NodeHardware } from '../formats/slurm-node.ts'
import { type ConfServer, confServerPath, lookAtConfServer, toClear, toPoint } from './conf-server.ts'
import { held } from './holds.ts'
import { dropInPath, dropInRule, type Tie, toTie } from './mount-drop-in.ts'
import { isTooSmall, nodeHardware } from './node-hardware.ts'
import { type Refusal, refusal } from './refusal.ts'
import {
  isStartOf,
  journalTail,
  keepsDying,
  type ServiceState,
  serviceState,
  startsOf,
  systemctl,
  toRun,
} from './service.ts'
import { shareOf } from './share.ts'
import { shareHasMovedOn, waitUnless } from './share-moved-on.ts'
import { confPaths, lineOf, slurmConfPath } from './slurm-files.ts'
import { describeNode, isIdle, isInService, isUp, type KnownNode, nodeState, toResume } from './slurmd-node.ts'
import { refuseFor } from './slurmd-options.ts'

const unit = 'slurmd.service'
const fetchedFiles = 'slurm.conf, cgroup.conf or gres.conf'

interface Seen {
  readonly service: ServiceState
  readonly dropIn: string | undefined
  readonly confServerDropIn: string | undefined
  /** What it reads only when it starts. */
  readonly files: readonly (FileStat | undefined)[]
  readonly address: string
  readonly hardware: NodeHardware
  /** The node's line of slurm.conf. */
  readonly line: NodeLine | undefined
  /** Undefined where slurm.conf is not fetched. */
  readonly confServer: ConfServer | undefined
  /** Looked at while the service is active alone. */
  readonly node: KnownNode | undefined
  /** The share has another key or slurm.conf by now; looked at while the node is not up. */
  readonly hasMovedOn: boolean
  /** What the daemon said last; looked at while it is not active, or has fetched nothing. */
  readonly lastWords: string | undefined
}

/** slurmd, running with its files as they are now, and its node known to slurmctld as it is. */
export const slurmd: Step<JobConfig, Seen> = {
  id: 'slurmd',
  title: 'Slurm node',
  after: ['hostname', 'munge', 'slurm-conf', 'node-record', 'users', 'shared-volume'],
  packages: () => ['slurmd', 'slurm-client'],
  units: (config) => [...held(unit), dropInRule(tieOf(config))],
  asksAbout: () => [unit],
  // Not longer: a run that waits here follows neither a key that is replaced nor another slurm.conf.
  deadlineMs: () => 600_000,

  async observe(config, host, signal) {
    const { hostname, slurm } = config
    const [service, dropIn, confServerDropIn, conf = '', address, hardware, ...files] = await Promise.all([
      serviceState(unit, host, signal),
      host.read(dropInPath(unit)),
      host.read(confServerPath),
      host.read(slurm.configless ? shareOf(config).slurmConf : slurmConfPath),
      host.primaryAddress(),
      nodeHardware(host, signal),
      host.stat(confServerPath),
      ...(slurm.configless ? [] : confPaths.map((path) => host.stat(path))),
    ])
    const isActive = service.active === 'active'
    const [confServer, node] = await Promise.all([
      slurm.configless ? lookAtConfServer(config, host, signal) : undefined,
      isActive ? nodeState(hostname, host, signal) : undefined,
    ])
    const isWell = node !== undefined && isUp(node, address)
    const isSilent = !isActive || confServer?.fetched === 'nothing'
    return {
      service,
      dropIn,
      confServerDropIn,
      files,
      address,
      hardware,
      line: lineOf(hostname, nodeLines(conf)),
      confServer,
      node,
      hasMovedOn: !isWell && (await shareHasMovedOn(config, conf, host)),
      lastWords: isSilent ? await journalTail(unit, host, signal) : undefined,
    }
  },

  decide(config, seen, past) {
    const { service, address, hardware, line, confServer, node } = seen
    const tooSmall = objectionTo(hardware, line, config.hostname)
    if (tooSmall !== undefined) return tooSmall
    if (confServer?.optionsTaken !== undefined) return refuseFor(confServer.optionsTaken)
    const preparing = [
      ...toTie(tieOf(config), seen.dropIn, 'jobs must find the shared volume and the share'),
      ...toPoint(confServer?.address, seen.confServerDropIn),
    ]
    if (preparing.length > 0) return { is: 'act', actions: preparing }
    const actions = toRun(service, Math.max(0, ...seen.files.map((file) => file?.changedAtMs ?? 0)), past)
    if (actions.length > 0 && !keepsDying(service, past)) {
      const isServed = confServer?.trouble === undefined
      if (isServed || !actions.some((action) => isStartOf(unit, action))) return { is: 'act', actions }
      if (seen.hasMovedOn && service.active === 'active') return movedOn(confServer.trouble)
      return { is: 'wait', code: 'SLURM_CONF_NOT_SERVED', for: confServer.trouble }
    }
    if (node === undefined || confServer?.fetched === 'nothing') {
      const what = `${unit} is ${service.active}; its last words: ${seen.lastWords || 'none'}`
      const isDead = service.active !== 'activating'
      return waitUnless(isDead && seen.hasMovedOn, { code: 'SLURMD_NOT_RUNNING', for: what })
    }
    const following = [
      ...(confServer === undefined ? [] : toFollow(confServer, past)),
      ...(confServer !== undefined && isIdle(node) ? toClear(confServer, config) : []),
    ]
    if (following.length > 0) return { is: 'act', actions: following }
    const shown = 'trouble' in node ? node.trouble : describeNode(config.hostname, node, address)
    if ('trouble' in node || !isUp(node, address)) {
      if (seen.hasMovedOn) return movedOn(shown)
      return { is: 'wait', code: 'trouble' in node ? 'SLURMCTLD_NOT_ANSWERING' : 'NODE_NOT_UP', for: shown }
    }
    const resuming = confServer?.fetched === 'another' ? [] : toResume(config.hostname, node)
    if (resuming.length > 0) return { is: 'act', actions: resuming }
    const warnings: readonly Warning[] = [
      ...(confServer?.fetched === 'another' ? [behind(confServer)] : []),
      ...(isInService(node) ? [] : [{ code: 'NODE_OUT_OF_SERVICE', text: shown } as const]),
    ]
    return { is: 'converged', because: shown, ...(warnings.length > 0 && { warnings }) }
  },
}

/**
 * slurmctld that was restarted with another slurm.conf tells no slurmd of it: `scontrol reconfigure` alone does. Once in a
 * run: what it then still hands out is not the share's, and slurmd runs on with it.
 */
function toFollow({ fetched, trouble }: ConfServer, past: readonly ActionOutcome[]): readonly Exec[] {
  if (fetched !== 'another' || trouble !== undefined || startsOf(unit, past) > 0) return []
  return [systemctl(`it has fetched another ${fetchedFiles}`, 'restart', unit)]
}

function behind({ trouble }: ConfServer): Warning {
  const what = `slurmd has fetched another ${fetchedFiles} than is on the share`
  return { code: 'SHARE_MOVED_ON', text: trouble === undefined ? what : `${what}: ${trouble}` }
}

/** Homes may be on either: a node that came up without them would fail one job after another. */
function tieOf({ nfs, efs }: JobConfig): Tie {
  return { unit, needed: [nfs.mountPoint, efs.mountPoint], behind: ['munge.service'] }
}

function movedOn(because: string): Decision {
  const text = 'the next run follows the front end'
  return { is: 'converged', because, warnings: [{ code: 'SHARE_MOVED_ON', text }] }
}

function objectionTo(found: NodeHardware, line: NodeLine | undefined, name: string): Refusal | undefined {
  if (!isTooSmall(found, line)) return undefined
  const { cpus = 0, memoryMiB = 0 } = line ?? {}
  return refusal(
    'NODE_TOO_SMALL',
    `slurm.conf gives ${name} ${cpus} CPUs and ${memoryMiB} MiB; slurmd finds ${found.cpus} CPUs and ${found.memoryMiB} MiB`,
    "lower cpus and memoryMiB in the front end's slurm.nodes or leave them out, and run apply there; or take a larger instance",
  )
}
