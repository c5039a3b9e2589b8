import { open } from 'node:fs/promises'
import { execa } from 'execa'

/** A disk as a Nitro instance sees it: an NVMe controller of its own, known by its serial. */
export interface Disk {
  readonly serial: string
  readonly file: string
  readonly format: 'raw' | 'qcow2'
}

export const ROOT_VOLUME = 'vol-0aaaaaaaaaaaaaaa0'

/** EBS puts the volume ID, without its dash, in the serial. */
export function ebsSerial(volumeId: string): string {
  return volumeId.replace('-', '')
}

/** An empty disk; sparse, so that 1 TiB costs nothing. */
export async function blankDisk(file: string, serial: string, sizeBytes: number): Promise<Disk> {
  const handle = await open(file, 'wx')
  try {
    await handle.truncate(sizeBytes)
  } finally {
    await handle.close()
  }
  return { serial, file, format: 'raw' }
}

/** A root disk whose writes go to `file`, above an image that stays as it is. */
export async function rootDisk(file: string, image: string): Promise<Disk> {
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'raw', file])
  return { serial: ebsSerial(ROOT_VOLUME), file, format: 'qcow2' }
}
