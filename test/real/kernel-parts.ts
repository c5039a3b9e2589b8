import { readFile } from 'node:fs/promises'

/** Drivers that not every kernel has. */
export type KernelPart = 'device-mapper' | 'md' | 'bcache'

/** Why a state cannot be made here; undefined when it can: /proc/devices names the drivers that are there. */
export async function whyNoPart(part: KernelPart | undefined): Promise<string | undefined> {
  if (part === undefined) return undefined
  const devices = await readFile('/proc/devices', 'utf8')
  const has = devices.split('\n').some((line) => line.trim().endsWith(` ${part}`))
  return has ? undefined : `this kernel has no ${part}`
}
