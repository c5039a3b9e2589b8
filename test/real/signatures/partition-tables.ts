import { crc32 } from 'node:zlib'
import { put, type TestDisk } from '../test-disk.ts'

const sector = 512

/** As the entries of an MBR have them, in sectors of 512 bytes. */
interface Entry {
  readonly type: number
  readonly first: number
  readonly count: number
}

/** Up to four primary partitions; none is a table, too. */
export async function putMbr(disk: TestDisk, ...entries: readonly Entry[]): Promise<void> {
  const mbr = Buffer.alloc(sector)
  for (const [index, { type, first, count }] of entries.entries()) {
    mbr.writeUInt8(type, 446 + 16 * index + 4)
    mbr.writeUInt32LE(first, 446 + 16 * index + 8)
    mbr.writeUInt32LE(count, 446 + 16 * index + 12)
  }
  mbr.writeUInt16LE(0xaa55, 510)
  await put(disk, 0, mbr)
}

/** What keeps tools that know only the MBR away from a GPT. */
export async function putProtectiveMbr(disk: TestDisk): Promise<void> {
  await putMbr(disk, { type: 0xee, first: 1, count: Math.min(disk.sizeBytes / sector - 1, 0xff_ff_ff_ff) })
}

/** A GPT with partitions of 16 MiB. Source: UEFI 2.10, 5.3. */
export async function putGpt(disk: TestDisk, { partitions = 1, sectorBytes = sector } = {}): Promise<void> {
  const last = disk.sizeBytes / sectorBytes - 1
  const entries = Buffer.alloc(128 * 128)
  for (let index = 0; index < partitions; index++) {
    const first = MiB + index * 16 * MiB
    entries.write('AF3DC60F838472478E793D69D8477DE4', 128 * index, 'hex') // Linux file system data
    entries.write(`00112233445566778899AABBCCDDEE0${index}`, 128 * index + 16, 'hex')
    entries.writeBigUInt64LE(BigInt(first / sectorBytes), 128 * index + 32)
    entries.writeBigUInt64LE(BigInt((first + 16 * MiB) / sectorBytes - 1), 128 * index + 40)
  }
  const blocks = entries.length / sectorBytes
  await putProtectiveMbr(disk)
  await put(disk, 2 * sectorBytes, entries)
  await put(disk, (last - blocks) * sectorBytes, entries)
  await put(disk, sectorBytes, gptHeader({ own: 1, other: last, entriesAt: 2, blocks, last }, entries))
  await put(
    disk,
    last * sectorBytes,
    gptHeader({ own: last, other: 1, entriesAt: last - blocks, blocks, last }, entries),
  )
}

const MiB = 1024 * 1024

interface Header {
  readonly own: number
  readonly other: number
  readonly entriesAt: number
  readonly blocks: number
  readonly last: number
}

function gptHeader({ own, other, entriesAt, blocks, last }: Header, entries: Buffer): Buffer {
  const header = Buffer.alloc(92)
  header.write('EFI PART', 0, 'latin1')
  header.writeUInt32LE(0x10000, 8)
  header.writeUInt32LE(92, 12)
  header.writeBigUInt64LE(BigInt(own), 24)
  header.writeBigUInt64LE(BigInt(other), 32)
  header.writeBigUInt64LE(BigInt(2 + blocks), 40)
  header.writeBigUInt64LE(BigInt(last - blocks - 1), 48)
  header.write('FFEEDDCCBBAA99887766554433221100', 56, 'hex')
  header.writeBigUInt64LE(BigInt(entriesAt), 72)
  header.writeUInt32LE(128, 80)
  header.writeUInt32LE(128, 84)
  header.writeUInt32LE(crc32(entries), 88)
  header.writeUInt32LE(crc32(header), 16)
  return header
}

/** Source: libblkid/src/partitions/mac.c. */
export async function putMacTable(disk: TestDisk): Promise<void> {
  const table = Buffer.alloc(2 * sector)
  table.write('ER', 0, 'latin1')
  table.writeUInt16BE(sector, 2)
  table.write('PM', sector, 'latin1')
  table.writeUInt32BE(1, sector + 4) // entries of the map
  table.writeUInt32BE(1, sector + 8)
  table.writeUInt32BE(63, sector + 12)
  table.write('Apple_partition_map', sector + 48, 'latin1')
  await put(disk, 0, table)
}

/** The exclusive or of its words is zero: the second repeats the magic. Source: libblkid/src/partitions/sun.c. */
export async function putSunLabel(disk: TestDisk): Promise<void> {
  const label = Buffer.alloc(sector)
  label.writeUInt16BE(0xdabe, 508)
  label.writeUInt16BE(0xdabe, 510)
  await put(disk, 0, label)
}

/** Its words add up to zero. Source: libblkid/src/partitions/sgi.c. */
export async function putSgiLabel(disk: TestDisk): Promise<void> {
  const label = Buffer.alloc(sector)
  label.writeUInt32BE(0x0be5a941, 0)
  label.writeInt32BE(-0x0be5a941, 504)
  await put(disk, 0, label)
}

/** With one active entry that fits on the device. Source: libblkid/src/partitions/atari.c. */
export async function putAtariTable(disk: TestDisk): Promise<void> {
  const table = Buffer.alloc(sector)
  table.writeUInt32BE(disk.sizeBytes / sector, 0x1c2)
  table.writeUInt8(1, 0x1c6)
  table.write('GEM', 0x1c7, 'latin1')
  table.writeUInt32BE(2, 0x1ca)
  table.writeUInt32BE(1_000, 0x1ce)
  await put(disk, 0, table)
}

/** A disklabel as FreeBSD writes it on a whole disk. Source: sys/disklabel.h. */
export async function putBsdLabel(disk: TestDisk): Promise<void> {
  const label = Buffer.alloc(404)
  label.writeUInt32LE(0x82564557, 0)
  label.writeUInt32LE(0x82564557, 132)
  label.writeUInt16LE(8, 138) // partitions
  let sum = 0
  for (let at = 0; at < 148 + 8 * 16; at += 2) sum ^= label.readUInt16LE(at)
  label.writeUInt16LE(sum, 136)
  await put(disk, sector, label)
}
