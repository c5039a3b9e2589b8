import type { Exec } from '../engine/action.ts'
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

/**
 * For a node that is taken back: from 23.11 on it keeps its reason where there is no accounting, and slurmctld would drain
 * it for that one ever after. Only one that begins with these two words gives way to another (_drain_node).
 */
const passing = 'Not responding with too little any more'

/**
 * slurmctld drains a node that registers with less than its line of slurm.conf says. What slurmd registers with, CPUs and
 * generic resources, is what its own slurm.conf says: one that has not followed a raised line yet is drained as well. Once
 * it registers with enough, INVALID_REG goes, and the drain stays. From 23.11 on, the reason takes the place of that of a
 * person who has drained the node before. Source: validate_node_specs of the releases from 21.08 to 25.11; 22.05.8 and
 * 24.11.5 were seen to do so.
 */
export function toResume(name: string, { state, reason, author }: NodeState): readonly Exec[] {
  // State=RESUME would also take back what somebody else has set beside it.
  const isDrainedAlone = /DRAIN/.test(state) && !/INVALID|DOWN|FAIL|REBOOT/.test(state)
  const hadLess = author === 'slurm' && /^Low |count reported lower than configured/.test(reason)
  if (!isDrainedAlone || !hadLess) return []
  const because = `slurmctld has drained it, and it has enough by now: ${reason}`
  return [
    { do: 'exec', argv: ['scontrol', 'update', `NodeName=${name}`, 'State=RESUME', `Reason=${passing}`], because },
  ]
}

export function describeNode(name: string, { state, reason, address: known }: NodeState, address: string): string {
  const elsewhere = known === address ? '' : `, at ${known} and not at ${address}`
  return `${name} is ${state}${reason === '' ? '' : ` (${reason})`}${elsewhere}`
}
