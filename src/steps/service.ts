import type { Action, ActionOutcome, Exec, Remove } from '../engine/action.ts'
import { messageOf } from '../engine/errors.ts'
import type { Host, UnitProperties } from '../engine/host.ts'
import { parseTimestamp } from '../formats/systemd.ts'
import { holdPath, letGo } from './holds.ts'

/** A systemd service, or a unit of another kind, as it is now. */
export interface ServiceState {
  readonly unit: string
  /** active, activating, inactive, failed, … */
  readonly active: string
  readonly enabled: boolean
  readonly masked: boolean
  /** By us, until it is configured. */
  readonly held: boolean
  /** Where its unit file is; empty where there is none. */
  readonly file: string
  /** Its files changed since systemd read them. */
  readonly needsReload: boolean
  /** When its main process was started, ms since the epoch; undefined while there is none. */
  readonly startedAtMs: number | undefined
  /** When it became active, µs of the kernel's monotonic clock, which no step of the time changes; undefined while it is not. */
  readonly activeSinceUs: number | undefined
}

export async function serviceState(unit: string, host: Host, signal: AbortSignal): Promise<ServiceState> {
  const [state] = await serviceAmong(unit, [], host, signal)
  return state
}

/** That of the service, and those of others that nobody holds, by one command. */
export async function serviceAmong(
  unit: string,
  others: readonly string[],
  host: Host,
  signal: AbortSignal,
): Promise<readonly [ServiceState, ...ServiceState[]]> {
  const [[state = stateOf(unit, {}), ...states], hold] = await Promise.all([
    unitStates([unit, ...others], host, signal),
    host.stat(holdPath(unit)),
  ])
  return [{ ...state, held: hold !== undefined }, ...states]
}

/** Of several units at once that nobody holds, sockets too, in their order. */
export async function unitStates(
  units: readonly string[],
  host: Host,
  signal: AbortSignal,
): Promise<readonly ServiceState[]> {
  const shown = await host.units(units, signal)
  return units.map((unit, index) => stateOf(unit, shown[index] ?? {}))
}

function stateOf(unit: string, shown: UnitProperties): ServiceState {
  const active = shown['ActiveState'] ?? 'unknown'
  const isActive = active === 'active'
  const activeSince = shown['ActiveEnterTimestampMonotonic']
  return {
    unit,
    active,
    enabled: shown['UnitFileState'] === 'enabled',
    masked: shown['LoadState'] === 'masked',
    held: false,
    file: shown['FragmentPath'] ?? '',
    needsReload: shown['NeedDaemonReload'] === 'yes',
    startedAtMs: isActive ? parseTimestamp(shown['ExecMainStartTimestamp'] ?? '') : undefined,
    activeSinceUs: isActive && activeSince !== undefined ? Number(activeSince) : undefined,
  }
}

/**
 * What it takes for the service to be enabled and running with its files as they are now. `filesChangedAtMs` is the
 * ctime of the newest file that it reads only when it starts. What the run has started, it does not find stale: where the
 * clock was set back since the file was written, all that starts is older than it for a while.
 */
export function toRun(
  state: ServiceState,
  filesChangedAtMs: number,
  past: readonly ActionOutcome[] = [],
): readonly (Exec | Remove)[] {
  // Whether it is enabled is seen only then: its package may have done that already (deb-systemd-helper).
  if (state.masked) return [systemctl('it is masked', 'unmask', state.unit)]
  return [
    ...(state.held ? [letGo(state.unit)] : []),
    // enable reloads, too: systemctl(1)
    ...(state.needsReload && state.enabled ? [systemctl('unit files changed', 'daemon-reload')] : []),
    ...(state.enabled ? [] : [systemctl('it must start at boot', 'enable', state.unit)]),
    ...start(state, startsOf(state.unit, past) === 0 ? filesChangedAtMs : 0),
  ]
}

/** How often in a run a service that dies is started: after that, what it said last is worth more than one more start. */
const startTries = 3

/** True for a service that is not active though this run has started it time and again. */
export function keepsDying({ unit, active }: ServiceState, past: readonly ActionOutcome[]): boolean {
  return active !== 'active' && startsOf(unit, past) >= startTries
}

/** How often this run has started it. */
export function startsOf(unit: string, past: readonly ActionOutcome[]): number {
  return past.filter(({ action }) => isStartOf(unit, action)).length
}

export function isStartOf(unit: string, action: Action): boolean {
  if (action.do !== 'exec') return false
  const [program, verb = '', ...units] = action.argv
  return program === 'systemctl' && ['start', 'restart'].includes(verb) && units.includes(unit)
}

/** What the service said last, as the journal has it; empty where it said nothing. */
export async function journalTail(unit: string, host: Host, signal: AbortSignal): Promise<string> {
  const argv = ['journalctl', `--unit=${unit}`, '--lines=5', '--output=cat', '--no-pager', '--quiet'] as const
  const { stdout } = await host.exec(argv, { signal, ok: [0, 1] })
  return inOneLine(stdout)
}

/** The same of a daemon of Slurm's, which says most in a log file of its own. */
export async function lastLines(unit: string, logPath: string, host: Host, signal: AbortSignal): Promise<string> {
  const [log, journal] = await Promise.all([host.logTail(logPath, 5).catch(messageOf), journalTail(unit, host, signal)])
  return [inOneLine(log), journal].filter((text) => text !== '').join('; ')
}

/** What these programs of these units said last in this boot; empty where they said nothing. */
export async function lastWords(
  units: readonly string[],
  programs: readonly string[],
  host: Host,
  signal: AbortSignal,
): Promise<string> {
  const from = [...units.map((unit) => `--unit=${unit}`), ...programs.map((program) => `--identifier=${program}`)]
  const argv = ['journalctl', ...from, '--boot', '--lines=3', '--output=cat', '--quiet', '--no-pager'] as const
  const { stdout } = await host.exec(argv, { signal, ok: [0, 1] })
  return inOneLine(stdout)
}

/** For a reason, which is shown in a table and in a log line. */
export function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, '; ')
}

function start({ unit, active, startedAtMs }: ServiceState, filesChangedAtMs: number): readonly Exec[] {
  if (active === 'activating') return []
  // Else a service that died often is not started again (start-limit-hit).
  if (active === 'failed') return [systemctl('it failed', 'reset-failed', unit), systemctl('it failed', 'start', unit)]
  if (active !== 'active') return [systemctl(`it is ${active}`, 'start', unit)]
  const isStale = startedAtMs !== undefined && startedAtMs < filesChangedAtMs
  return isStale ? [systemctl('it was started before its files changed', 'restart', unit)] : []
}

/** A change of a unit file, which systemd is to know of. */
export function withReload(change: Action): readonly Action[] {
  return [change, systemctl('unit files changed', 'daemon-reload')]
}

export function systemctl(because: string, verb: string, ...units: readonly string[]): Exec {
  return { do: 'exec', argv: ['systemctl', verb, ...units], because }
}
