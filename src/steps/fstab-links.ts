import { basename } from 'node:path'
import type { Host } from '../engine/host.ts'
import { deviceOf, foreignEntries } from '../formats/fstab.ts'

/** By the source of an entry of somebody else: the kernel's name of the device to which udev links what it names. */
export type FstabLinks = ReadonlyMap<string, string>

/** A source that is no link, as the kernel's own name of a device, is left out. udev links to a device at once. */
export async function fstabLinks(fstab: string, host: Host): Promise<FstabLinks> {
  const links = await Promise.all(
    foreignEntries(fstab).map(async (entry) => {
      const device = deviceOf(entry)
      const target = device && (await host.stat(device))?.target
      return target === undefined ? [] : [[entry.source, basename(target)] as const]
    }),
  )
  return new Map(links.flat())
}
