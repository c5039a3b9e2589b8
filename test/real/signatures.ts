import { open, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { put } from './loop-disk.ts'

const sector = 512

/** An MBR with one partition over the device. */
export async function putMbr(path: string, type: number): Promise<void> {
  const mbr = Buffer.alloc(sector)
  mbr.writeUInt8(type, 446 + 4)
  mbr.writeUInt32LE(type === 0xee ? 1 : 2_048, 446 + 8)
  mbr.writeUInt32LE((await sizeOf(path)) / sector - 2_048, 446 + 12)
  mbr.writeUInt16LE(0xaa55, 510)
  await put(path, 0, mbr)
}

/** A GPT with one partition of 16 MiB. Source: UEFI 2.10, 5.3. */
export async function putGpt(path: string): Promise<void> {
  const last = (await sizeOf(path)) / sector - 1
  const entries = Buffer.alloc(128 * 128)
  entries.write('AF3DC60F838472478E793D69D8477DE4', 0, 'hex') // Linux file system data
  entries.write('00112233445566778899AABBCCDDEEFF', 16, 'hex')
  entries.writeBigUInt64LE(2_048n, 32)
  entries.writeBigUInt64LE(2_048n + 32_767n, 40)
  await putMbr(path, 0xee)
  await put(path, 2 * sector, entries)
  await put(path, (last - 32) * sector, entries)
  await put(path, sector, gptHeader(1, last, 2, last, entries))
  await put(path, last * sector, gptHeader(last, 1, last - 32, last, entries))
}

function gptHeader(own: number, other: number, entriesAt: number, last: number, entries: Buffer): Buffer {
  const header = Buffer.alloc(92)
  header.write('EFI PART', 0, 'latin1')
  header.writeUInt32LE(0x10000, 8)
  header.writeUInt32LE(92, 12)
  header.writeBigUInt64LE(BigInt(own), 24)
  header.writeBigUInt64LE(BigInt(other), 32)
  header.writeBigUInt64LE(34n, 40)
  header.writeBigUInt64LE(BigInt(last - 33), 48)
  header.write('FFEEDDCCBBAA99887766554433221100', 56, 'hex')
  header.writeBigUInt64LE(BigInt(entriesAt), 72)
  header.writeUInt32LE(128, 80)
  header.writeUInt32LE(128, 84)
  header.writeUInt32LE(crc32(entries), 88)
  header.writeUInt32LE(crc32(header), 16)
  return header
}

/** The superblock, version 1.2, of a member of a RAID 1. Source: linux/raid/md_p.h. */
export async function putRaidMember(path: string): Promise<void> {
  const superblock = Buffer.alloc(256 + 2 * 384)
  superblock.writeUInt32LE(0xa92b4efc, 0)
  superblock.writeUInt32LE(1, 4) // major version
  superblock.fill(0x5a, 16, 32) // UUID of the array
  superblock.write('host:0', 32, 'latin1')
  superblock.writeUInt32LE(1, 72) // level
  superblock.writeUInt32LE(2, 92) // disks
  superblock.writeBigUInt64LE(2_048n, 128) // data begins at this sector
  superblock.writeBigUInt64LE(BigInt((await sizeOf(path)) / sector - 2_048), 136)
  superblock.writeBigUInt64LE(8n, 144) // where this is
  superblock.writeUInt32LE(384, 220) // room for so many roles
  let sum = 0n
  for (let at = 0; at < superblock.length; at += 4) sum += BigInt(superblock.readUInt32LE(at))
  superblock.writeUInt32LE(Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn), 216)
  await put(path, 4_096, superblock)
}

/** Uberblocks in the first label of a ZFS pool member. */
export async function putZfsMember(path: string): Promise<void> {
  const uberblock = Buffer.alloc(1_024)
  uberblock.writeBigUInt64LE(0x00bab10cn, 0)
  uberblock.writeBigUInt64LE(5_000n, 8)
  for (let index = 0; index < 16; index++) await put(path, 128 * 1_024 + index * 1_024, uberblock)
}

async function sizeOf(path: string): Promise<number> {
  if (!(await stat(path)).isBlockDevice()) throw new Error(`${path} is no block device`)
  await using handle = await open(`/sys/class/block/${path.slice('/dev/'.length)}/size`)
  return Number(await handle.readFile('utf8')) * sector
}
