import type { Host, UnitProperties } from '../engine/host.ts'
import { parseTimestamp } from '../formats/systemd.ts'

/** What systemd knows of a unit of this step. */
export interface Unit {
  readonly name: string
  /** active, activating, inactive, failed, … */
  readonly active: string
  /** How its last run ended: success, exit-code, timeout, protocol, … */
  readonly result: string
  /** The file that it was read from; empty where it has none, such as a mount that was made by hand. */
  readonly file: string
  /** The file, or /etc/fstab behind it, has changed since it was read. */
  readonly isOutdated: boolean
  /** Last time that it was started, reloaded, stopped or died, ms since the epoch. */
  readonly changedAtMs: number | undefined
  /** Units that are started with it. */
  readonly wants: readonly string[]
}

/** In the order of the names, by one call. */
export async function showUnits(names: readonly string[], host: Host, signal: AbortSignal): Promise<readonly Unit[]> {
  const shown = await host.units(names, signal)
  return names.map((name, index) => unitOf(name, shown[index] ?? {}))
}

function unitOf(name: string, shown: UnitProperties): Unit {
  return {
    name,
    active: shown['ActiveState'] ?? 'unknown',
    result: shown['Result'] ?? 'unknown',
    file: shown['FragmentPath'] ?? '',
    isOutdated: shown['NeedDaemonReload'] === 'yes',
    changedAtMs: parseTimestamp(shown['StateChangeTimestamp'] ?? ''),
    wants: (shown['Wants'] ?? '').split(' ').filter((unit) => unit !== ''),
  }
}
