import type { Host } from '../../src/engine/host.ts'
import { parsePackageStates, showPackages } from '../../src/formats/dpkg.ts'
import { exec } from './exec.ts'

/** What Host.packages is, by whatever runs programs. */
export function packagesBy(run: Host['exec']): Host['packages'] {
  return async (signal) => parsePackageStates((await run(showPackages, { signal })).stdout)
}

export const packages = packagesBy(exec)
