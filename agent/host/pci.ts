import { constants, open } from 'node:fs/promises'
import type { Stale } from './file-actions.ts'

/**
 * Has the kernel look at all PCI buses for devices that it has not noticed. The file can only be written, and not be
 * replaced: it is sysfs's (Documentation/ABI/testing/sysfs-bus-pci).
 */
export async function rescanPci(path = '/sys/bus/pci/rescan'): Promise<Stale> {
  await using handle = await open(path, constants.O_WRONLY)
  await handle.write('1')
  return undefined
}
