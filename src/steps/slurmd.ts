import type { JobConfig } from '../config/job-schema.ts'
import { expandNodeNames } from '../config/node-names.ts'
import type { Executed, FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type NodeLine, nodeLines } from '../formats/slurm-conf.ts'
import { type NodeHardware, type NodeState, parseNodeState } from '../formats/slurm-node.ts'
import { held } from './holds.ts'
import { nodeHardware } from './node-hardware.ts'
import { type Refusal, refusal } from './refusal.ts'
import { inOneLine, journalTail, keepsDying, type ServiceState, serviceState, systemctl, toRun } from './service.ts'
import { cgroupConfPath, slurmConfPath } from './slurm-files.ts'

const unit = 'slurmd.service'
const dropInPath = `/etc/systemd/system/${unit}.d/slurm-node-agent.conf`

interface Seen {
  readonly service: ServiceState
  readonly dropIn: string | undefined
  readonly files: readonly (FileStat | undefined)[]
  readonly address: string
  readonly hardware: NodeHardware
  /** The node's line of slurm.conf. */
  readonly line: NodeLine | undefined
  /** What slurmctld knows of the node, or why that cannot be told; looked at while the service is active alone. */
  readonly node: NodeState | { readonly trouble: string } | undefined
  /** What the daemon said last; looked at while it is not active. */
  readonly lastWords: string | undefined
}

/** slurmd, running with its files as they are now, and its node known to slurmctld as it is. */
export const slurmd: Step<JobConfig, Seen> = {
  id: 'slurmd',
  title: 'Slurm node',
  after: ['hostname', 'munge', 'slurm-conf', 'node-record', 'users', 'shared-volume'],
  packages: () => ['slurmd', 'slurm-client'],
  units: (config) => [...held(unit), { is: 'file', unit, path: dropInPath, content: printDropIn(config) }],
  deadlineMs: ({ slurm }) => slurm.deadlineSeconds * 1_000,

  async observe({ hostname }, host, signal) {
    const [service, dropIn, conf, address, hardware, ...files] = await Promise.all([
      serviceState(unit, host, signal),
      host.read(dropInPath),
      host.read(slurmConfPath),
      host.primaryAddress(),
      nodeHardware(host, signal),
      host.stat(slurmConfPath),
      host.stat(cgroupConfPath),
    ])
    const line = nodeLines(conf ?? '').find(({ names }) => expandNodeNames(names)?.includes(hostname) === true)
    const isActive = service.active === 'active'
    return {
      service,
      dropIn,
      files,
      address,
      hardware,
      line,
      node: isActive ? await nodeState(hostname, host, signal) : undefined,
      lastWords: isActive ? undefined : await journalTail(unit, host, signal),
    }
  },

  decide(config, { service, dropIn, files, address, hardware, line, node, lastWords }, past) {
    const tooSmall = objectionTo(hardware, line, config.hostname)
    if (tooSmall !== undefined) return tooSmall
    const wanted = printDropIn(config)
    if (dropIn !== wanted) {
      const because = 'jobs must find the shared volume'
      return {
        is: 'act',
        actions: [
          { do: 'write', path: dropInPath, content: wanted, was: dropIn, mode: 0o644, because },
          systemctl('unit files changed', 'daemon-reload'),
        ],
      }
    }
    const actions = toRun(service, Math.max(0, ...files.map((file) => file?.changedAtMs ?? 0)))
    if (actions.length > 0 && !keepsDying(service, past)) return { is: 'act', actions }
    if (node === undefined) {
      const what = `${unit} is ${service.active}; its last words: ${lastWords || 'none'}`
      return { is: 'wait', code: 'SLURMD_NOT_RUNNING', for: what }
    }
    if ('trouble' in node) return { is: 'wait', code: 'SLURMCTLD_NOT_ANSWERING', for: node.trouble }
    const { state, reason } = node
    if (node.address !== address) {
      const what = `slurmctld looks for ${config.hostname} at ${node.address}, not at ${address}: the front end's next run takes it up`
      return { is: 'wait', code: 'NODE_ADDRESS_NOT_TAKEN_UP', for: what }
    }
    const shown = `${config.hostname} is ${state}${reason === '' ? '' : ` (${reason})`}`
    return isUp(state) ? { is: 'converged', because: shown } : { is: 'wait', code: 'NODE_NOT_UP', for: shown }
  },
}

function printDropIn({ nfs }: JobConfig): string {
  return `# Made by slurm-node-agent.
[Unit]
RequiresMountsFor=${nfs.mountPoint}
Wants=munge.service
After=munge.service
`
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

/** Exit code 1: slurmctld does not answer, does not know the node, or does not believe who asks. */
async function nodeState(name: string, host: Host, signal: AbortSignal): Promise<Seen['node']> {
  const argv = ['timeout', '--kill-after=2', '20', 'scontrol', 'show', 'node', name, '--oneliner'] as const
  const shown: Executed = await host.exec(argv, { signal, ok: [0, 1, 124, 137] })
  return parseNodeState(shown.stdout) ?? { trouble: inOneLine(`${shown.stdout}\n${shown.stderr}`) || 'no answer' }
}

/** A drained node is a person's decision. */
function isUp(state: string): boolean {
  return !/\*|^(?:DOWN|UNKNOWN|FUTURE)|NOT_RESPONDING|INVALID/.test(state)
}
