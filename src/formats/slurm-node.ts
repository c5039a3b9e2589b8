/** What hardware slurmd finds. */
export interface NodeHardware extends Topology {
  readonly memoryMiB: number
}

/** Without all of it, Slurm takes each hardware thread for a core of its own. */
export interface Topology {
  readonly cpus: number
  readonly sockets: number
  readonly coresPerSocket: number
  readonly threadsPerCore: number
}

/** What slurmctld knows of a node. */
export interface NodeState {
  /** Its state with its flags, as `IDLE`, `DOWN*` or `IDLE+DRAIN`; an asterisk: it does not respond. */
  readonly state: string
  readonly address: string
  /** Why it is down or drained; empty where that is not said. */
  readonly reason: string
  /** Who has given the reason; empty where that is not said. */
  readonly author: string
}

/** Of `slurmd -C`: a line such as `NodeName=job-1 CPUs=2 Boards=1 … RealMemory=3888`, and one with the uptime. */
export function parseHardware(stdout: string): NodeHardware | undefined {
  const [cpus, boards, sockets, coresPerSocket, threadsPerCore, memoryMiB] = [
    'CPUs',
    'Boards',
    'SocketsPerBoard',
    'CoresPerSocket',
    'ThreadsPerCore',
    'RealMemory',
  ].map((name) => Number(fieldIn(stdout, name)))
  if (!cpus || !boards || !sockets || !coresPerSocket || !threadsPerCore || !memoryMiB) return undefined
  return { cpus, sockets: boards * sockets, coresPerSocket, threadsPerCore, memoryMiB }
}

/** Of `scontrol show node NAME --oneliner`. */
export function parseNodeState(stdout: string): NodeState | undefined {
  const state = fieldIn(stdout, 'State')
  if (state === undefined) return undefined
  // With blanks in it, and Comment and Extra behind it: `Reason=Not responding [slurm@2026-11-25T23:01:02]`
  const [, reason = '', author = ''] = /\sReason=(.*?)(?:\s\[([^\]@]*)@[^\]]*\].*)?\s*$/m.exec(stdout) ?? []
  return { state, address: fieldIn(stdout, 'NodeAddr') ?? '', reason, author }
}

function fieldIn(text: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}=(\\S+)`, 'm').exec(text)?.[1]
}
