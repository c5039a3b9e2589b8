import type { Host, UnitProperties } from '../../src/engine/host.ts'
import { parseShow, systemctlShow } from '../../src/formats/systemd.ts'
import { exec } from './exec.ts'

/** What Host.units is, by whatever runs programs. */
export function unitsBy(run: Host['exec']): Host['units'] {
  return async (names, signal): Promise<readonly UnitProperties[]> => {
    const shown = parseShow((await run(systemctlShow(names), { signal })).stdout)
    if (shown.length === names.length) return shown
    throw new Error(`systemctl show printed ${shown.length} units, not the ${names.length} of ${names.join(', ')}`)
  }
}

export const units = unitsBy(exec)
