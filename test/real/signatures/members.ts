import { put, type TestDisk } from '../test-disk.ts'

const kiB = 1024
const sector = 512

/** The superblock of a member of a RAID 1: 0.90 and 1.0 at the end, 1.1 at the start, 1.2 behind that. Source: linux/raid/md_p.h. */
export async function putRaidMember(disk: TestDisk, version: '0.90' | '1.0' | '1.1' | '1.2'): Promise<void> {
  if (version === '0.90') {
    const at = disk.sizeBytes - (disk.sizeBytes % (64 * kiB)) - 64 * kiB
    await put(disk, at, raidSuperblock090(disk.sizeBytes))
    return
  }
  const sectors = disk.sizeBytes / sector
  const places = { '1.0': sectors - 16 - ((sectors - 16) % 8), '1.1': 0, '1.2': 8 } as const
  await put(disk, places[version] * sector, raidSuperblock1(disk.sizeBytes, places[version]))
}

function raidSuperblock090(sizeBytes: number): Buffer {
  const superblock = Buffer.alloc(4 * kiB)
  superblock.writeUInt32LE(0xa92b4efc, 0)
  superblock.writeUInt32LE(90, 8) // minor version
  superblock.fill(0x5a, 20, 24) // UUID of the array, in two parts
  superblock.writeUInt32LE(1, 28) // level
  superblock.writeUInt32LE(sizeBytes / kiB - 64, 32)
  superblock.writeUInt32LE(2, 40) // disks
  superblock.fill(0x5a, 52, 64)
  return superblock
}

function raidSuperblock1(sizeBytes: number, atSector: number): Buffer {
  const superblock = Buffer.alloc(256 + 2 * 384)
  superblock.writeUInt32LE(0xa92b4efc, 0)
  superblock.writeUInt32LE(1, 4) // major version
  superblock.fill(0x5a, 16, 32) // UUID of the array
  superblock.write('host:0', 32, 'latin1')
  superblock.writeUInt32LE(1, 72) // level
  superblock.writeUInt32LE(2, 92) // disks
  const dataAt = atSector > 8 ? 0 : 2_048
  superblock.writeBigUInt64LE(BigInt(dataAt), 128)
  superblock.writeBigUInt64LE(BigInt(sizeBytes / sector - 2_048), 136)
  superblock.writeBigUInt64LE(BigInt(atSector), 144)
  superblock.writeUInt32LE(384, 220) // room for so many roles
  let sum = 0n
  for (let at = 0; at < superblock.length; at += 4) sum += BigInt(superblock.readUInt32LE(at))
  superblock.writeUInt32LE(Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn), 216)
  return superblock
}

/**
 * The first two labels of a ZFS pool member, or the last two. libblkid knows them by their uberblocks, and from 2.41 on
 * by their name-value list instead (libblkid/src/superblocks/zfs.c).
 */
export async function putZfsLabels(disk: TestDisk, where: 'start' | 'end'): Promise<void> {
  const uberblock = Buffer.alloc(kiB)
  uberblock.writeBigUInt64LE(0x00bab10cn, 0)
  uberblock.writeBigUInt64LE(5_000n, 8)
  const uberblocks = Buffer.concat(Array.from({ length: 16 }, () => uberblock))
  for (const label of where === 'start' ? [0, 256 * kiB] : [-512 * kiB, -256 * kiB]) {
    await put(
      disk,
      label + 16 * kiB,
      zfsList({ version: 5_000n, state: 0n, txg: 4n, pool_guid: 0x1234n, guid: 0x5678n }),
    )
    await put(disk, label + 128 * kiB, uberblocks)
  }
}

/** In XDR: a head, and pairs of a name and a number. */
function zfsList(values: Readonly<Record<string, bigint>>): Buffer {
  const head = Buffer.from('010100000000000000000001', 'hex') // encoding, byte order, version, flags
  const pairs = Object.entries(values).map(([name, value]) => {
    const padded = Math.ceil(name.length / 4) * 4
    const pair = Buffer.alloc(12 + padded + 16)
    pair.writeUInt32BE(pair.length, 0)
    pair.writeUInt32BE(pair.length, 4) // when it is decoded
    pair.writeUInt32BE(name.length, 8)
    pair.write(name, 12, 'latin1')
    pair.writeUInt32BE(8, 12 + padded) // a number of 64 bits
    pair.writeUInt32BE(1, 16 + padded)
    pair.writeBigUInt64BE(value, 20 + padded)
    return pair
  })
  return Buffer.concat([head, ...pairs, Buffer.alloc(8)])
}

/** Internal metadata at the end of the device, of DRBD 8.4 or 9, as drbdmeta makes it. */
export async function putDrbdMetadata(disk: TestDisk, version: '8.4' | '9'): Promise<void> {
  const metadata = Buffer.alloc(4 * kiB)
  const magic = version === '8.4' ? 0x8374026b : 0x8374026d
  metadata.writeBigUInt64BE(4n, 8) // no data yet
  for (const [index, value] of [0x80, magic, 80, -64, 257, -72, 4_096].entries()) {
    metadata.writeInt32BE(value | 0, 56 + 4 * index)
  }
  const stripes = version === '8.4' ? 88 : 96
  metadata.writeInt32BE(1, stripes)
  metadata.writeInt32BE(8, stripes + 4)
  if (version === '9') {
    metadata.writeInt32BE(1, 88) // peers
    metadata.writeInt32BE(-1, 92)
  }
  await put(disk, -4 * kiB, metadata)
}

/** The record with which the log of an XFS begins that has it on a device of its own. Source: libblkid/src/superblocks/xfs.c. */
export async function putXfsLog(disk: TestDisk): Promise<void> {
  const record = Buffer.alloc(sector)
  for (const [index, value] of [0xfeedbabe, 1, 2, sector].entries()) record.writeUInt32BE(value, 4 * index)
  record.writeUInt32BE(1, 300) // written by Linux
  record.fill(0x5a, 304, 320)
  await put(disk, 0, record)
}

/** A boot sector with the places of three copies of the metadata. Source: libblkid/src/superblocks/bitlocker.c. */
export async function putBitLocker(disk: TestDisk): Promise<void> {
  const boot = Buffer.alloc(sector)
  boot.write('eb5890', 0, 'hex')
  boot.write('-FVE-FS-', 3, 'latin1')
  boot.write('3bd66749292ed84a8399f6a339e3d001', 160, 'hex')
  boot.writeUInt16LE(0xaa55, 510)
  for (const [index, at] of [1, 2, 3].map((MiB) => MiB * kiB * kiB).entries()) {
    boot.writeBigUInt64LE(BigInt(at), 176 + 8 * index)
    await put(disk, at, '-FVE-FS-')
  }
  await put(disk, 0, boot)
}
