import type { Executed, Host } from '../engine/host.ts'
import { type NodeState, parseNodeState } from '../formats/slurm-node.ts'
import { inOneLine } from './service.ts'

/** What slurmctld knows of the node, or why that cannot be told. */
export type KnownNode = NodeState | { readonly trouble: string }

/** Exit code 1: slurmctld does not answer, does not know the node, or does not believe who asks. */
export async function nodeState(name: string, host: Host, signal: AbortSignal): Promise<KnownNode> {
  const argv = ['timeout', '--kill-after=2', '20', 'scontrol', 'show', 'node', name, '--oneliner'] as const
  const shown: Executed = await host.exec(argv, { signal, ok: [0, 1, 124, 137] })
  return parseNodeState(shown.stdout) ?? { trouble: inOneLine(`${shown.stdout}\n${shown.stderr}`) || 'no answer' }
}

/** slurmctld hears of it; or a person has set it down, for which there is a reason. */
export function isUp(node: KnownNode, address: string): boolean {
  if ('trouble' in node || node.address !== address) return false
  const { state, reason } = node
  if (/\*|^(?:UNKNOWN|FUTURE)|NOT_RESPONDING|INVALID/.test(state)) return false
  return !state.startsWith('DOWN') || !['', 'Not responding'].includes(reason)
}

export function isInService({ state }: NodeState): boolean {
  return !/DOWN|DRAIN|FAIL/.test(state) || /POWER/.test(state)
}

export function describeNode(name: string, { state, reason, address: known }: NodeState, address: string): string {
  const elsewhere = known === address ? '' : `, at ${known} and not at ${address}`
  return `${name} is ${state}${reason === '' ? '' : ` (${reason})`}${elsewhere}`
}
