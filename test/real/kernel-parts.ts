import { readFile } from 'node:fs/promises'

/** What a state can need of the kernel that not every machine has. */
export type KernelPart = 'device-mapper' | 'md'

/** As /proc/devices names it once the driver is there. */
const drivers = { 'device-mapper': 'device-mapper', md: 'md' } as const satisfies Record<KernelPart, string>

/** Why a state cannot be made here; undefined when it can. */
export async function whyNoPart(part: KernelPart | undefined): Promise<string | undefined> {
  if (part === undefined) return undefined
  const devices = await readFile('/proc/devices', 'utf8')
  const has = devices.split('\n').some((line) => line.trim().endsWith(` ${drivers[part]}`))
  return has ? undefined : `this kernel has no ${part}`
}
