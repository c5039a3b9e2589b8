import assert from 'node:assert/strict'
import type { Guest } from './guest.ts'
import { type Look, waitFor } from './wait.ts'

export const AGENT = '/usr/local/bin/slurm-node-agent'
export const CONFIG_FILE = '/etc/slurm-node-agent/config.json'
export const UNIT = 'slurm-node-agent.service'
export const TIMER = 'slurm-node-agent.timer'

export interface StepStatus {
  readonly id: string
  readonly state: string
  readonly code?: string
  readonly reason?: string
  readonly hint?: string
  readonly warnings?: readonly unknown[]
  readonly actions: number
  readonly startedAt?: string
  readonly endedAt?: string
}

/** The part of `status --json` that the scenarios read. */
export interface RunStatus {
  readonly runId: string
  /** Begins with the ID of the boot that it ran in. */
  readonly process: string
  readonly outcome: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly peakMemoryBytes?: number
  readonly steps: readonly StepStatus[]
}

function isRunStatus(value: unknown): value is RunStatus {
  return (
    typeof value === 'object' && value !== null && 'runId' in value && 'steps' in value && Array.isArray(value.steps)
  )
}

/** The last or the running run; undefined while there has been none. */
export async function readStatus(guest: Guest): Promise<RunStatus | undefined> {
  return statusIn((await guest.run([AGENT, 'status', '--json'], { ok: 'any' })).stdout)
}

/**
 * The same without the agent, of a run of this boot: each start of Node costs an emulated guest a second of what it has to
 * do. A run that the last shutdown ended is not taken for one that is still to come.
 */
async function glanceAtStatus(guest: Guest): Promise<RunStatus | undefined> {
  const files = ['/proc/sys/kernel/random/boot_id', '/var/lib/slurm-node-agent/state.json']
  const { stdout } = await guest.run(['cat', ...files], { ok: [0, 1] })
  const [boot = '', ...lines] = stdout.split('\n')
  const status = statusIn(lines.join('\n'))
  return status?.process.startsWith(boot) === true ? status : undefined
}

function statusIn(stdout: string): RunStatus | undefined {
  if (!stdout.startsWith('{')) return undefined
  const status: unknown = JSON.parse(stdout)
  return isRunStatus(status) ? status : undefined
}

export function stepOf(status: RunStatus, id: string): StepStatus {
  const step = status.steps.find((candidate) => candidate.id === id)
  if (step === undefined) throw new Error(`the status names no step ${id}`)
  return step
}

/** The code with which a step of the last run ended. */
export async function codeAtTheEnd(guest: Guest, id: string): Promise<string | undefined> {
  const status = await readStatus(guest)
  return status === undefined ? undefined : stepOf(status, id).code
}

/** How the run stands, with the steps that have not converged. */
export function describe({ outcome, steps }: RunStatus): string {
  const open = steps.filter(({ state }) => state !== 'converged')
  const told = open.map(({ id, state, code, reason }) =>
    [`${id} ${state}`, code, reason === undefined ? undefined : `(${reason})`].filter(Boolean).join(' '),
  )
  return [`run ${outcome}`, ...told].join(', ')
}

/**
 * From here on only the scenario starts runs. A boot's own come first: its user_data starts the timer, and with it the
 * service, once it is through.
 */
export async function takeOver(guest: Guest, signal: AbortSignal): Promise<void> {
  await guest.run(['cloud-init', 'status', '--wait'], { ok: 'any', deadlineMs: 240_000 })
  await guest.run(['systemctl', 'stop', TIMER])
  await waitFor('the service to be idle', { deadlineMs: 600_000, signal }, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(['systemctl', 'show', '--property=ActiveState,Job', UNIT])
    return /^ActiveState=(?:inactive|failed)$/m.test(stdout) && !/^Job=\d/m.test(stdout)
      ? { found: true }
      : { missing: stdout }
  })
}

/** Gives it back: starts the timer and a run of the service, the one that the timer starts or another, and waits for it. */
export async function handBack(guest: Guest): Promise<void> {
  await guest.run(['systemctl', 'start', TIMER])
  await guest.run(['systemctl', 'start', UNIT], { deadlineMs: 600_000 })
}

interface RunWait {
  readonly deadlineMs: number
  readonly signal: AbortSignal
  /** An earlier run of this boot, not to be taken for the awaited one. */
  readonly after?: string
}

/** Waits until a step of the current run waits with this code: what a scenario holds back is missed, and named. */
export async function waitForStepCode(guest: Guest, id: string, code: string, wait: RunWait): Promise<RunStatus> {
  return await waitForRun(guest, `step ${id} to wait with ${code}`, wait, (status) => {
    const step = stepOf(status, id)
    if (step.state === 'waiting' && step.code === code) return true
    if (status.outcome !== 'running') throw new Error(`step ${id} never waited with ${code}: ${describe(status)}`)
    return false
  })
}

/** By hand, with another configuration. */
export async function applyWith(guest: Guest, config: object, ok: readonly number[] = [0]): Promise<void> {
  await guest.writeFile(CONFIG_FILE, JSON.stringify(config))
  await guest.run([AGENT, 'apply'], { ok, deadlineMs: 300_000 })
}

/** Waits until the current run of this boot has ended, however it did. */
export async function waitForRunEnd(guest: Guest, wait: RunWait): Promise<RunStatus> {
  return await waitForRun(guest, 'the run to end', wait, ({ outcome }) => outcome !== 'running')
}

/** The same, and that it converged. */
export async function waitForConvergence(guest: Guest, wait: RunWait): Promise<RunStatus> {
  const status = await waitForRunEnd(guest, wait)
  assert.equal(status.outcome, 'converged', describe(status))
  return status
}

async function waitForRun(
  guest: Guest,
  what: string,
  { deadlineMs, signal, after }: RunWait,
  holds: (status: RunStatus) => boolean,
): Promise<RunStatus> {
  return await waitFor(what, { deadlineMs, everyMs: 2000, signal }, async (): Promise<Look<RunStatus>> => {
    const glance = await glanceAtStatus(guest)
    if (glance === undefined || glance.runId === after) return { missing: 'no run of the agent yet' }
    if (!holds(glance)) return { missing: describe(glance) }
    const status = await readStatus(guest)
    return status !== undefined && holds(status) ? { found: status } : { missing: 'status says otherwise' }
  })
}
