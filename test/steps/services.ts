import { systemctlShow } from '../../src/formats/systemd.ts'
import type { ServiceState } from '../../src/steps/service.ts'

/** The command that asks for the state of units. */
export function unitsShow(...units: readonly string[]): string {
  return systemctlShow(units).join(' ')
}

/** What systemd 252 prints of a service that was started at 17:14:17.565 UTC. */
export function unitsShown(active: string): string {
  return `ExecMainStartTimestamp=Mon 2026-11-23 17:14:17.565943 UTC
ActiveEnterTimestampMonotonic=61000000
LoadState=loaded
ActiveState=${active}
UnitFileState=enabled
NeedDaemonReload=no
`
}

/** What there is not of a unit that is not active. */
export const notUp = { startedAtMs: undefined, activeSinceUs: undefined } as const

/** What it prints of a mount that was made a second before. */
export function mountShown(): string {
  return `LoadState=loaded
ActiveState=active
UnitFileState=generated
NeedDaemonReload=no
ActiveEnterTimestampMonotonic=60000000
`
}

/** The same, as it is read. */
export function mounted(unit: string): ServiceState {
  return { ...running(unit), ...notUp, enabled: false, activeSinceUs: 60_000_000 }
}

/** A service with nothing left to do. */
export function running(unit: string): ServiceState & { readonly startedAtMs: number } {
  return {
    unit,
    active: 'active',
    enabled: true,
    masked: false,
    held: false,
    file: '',
    needsReload: false,
    startedAtMs: Date.parse('2026-11-23T17:14:17.565Z'),
    activeSinceUs: 61_000_000,
  }
}
