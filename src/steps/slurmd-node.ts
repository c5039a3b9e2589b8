import type { Host } from '../engine/host.ts'
import { type NodeState, parseNodeState } from '../formats/slurm-node.ts'
import { askSlurm, wordsOf } from './slurm-question.ts'

/** What slurmctld knows of the node, or why that cannot be told. */
export type KnownNode = NodeState | { readonly trouble: string }

export async function nodeState(name: string, host: Host, signal: AbortSignal): Promise<KnownNode> {
  const shown = await askSlurm(['scontrol', 'show', 'node', name, '--oneliner'], host, signal)
  return parseNodeState(shown.stdout) ?? { trouble: wordsOf(shown) || 'no answer' }
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

/** No job is on it that started with what was there before. */
export function isIdle(node: KnownNode): boolean {
  return !('trouble' in node) && /^IDLE\b/.test(node.state) && !node.state.includes('COMPLETING')
}

export function describeNode(name: string, { state, reason, address: known }: NodeState, address: string): string {
  const elsewhere = known === address ? '' : `, at ${known} and not at ${address}`
  return `${name} is ${state}${reason === '' ? '' : ` (${reason})`}${elsewhere}`
}
