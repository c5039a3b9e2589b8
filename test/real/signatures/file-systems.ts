import { put, type TestDisk } from '../test-disk.ts'

const kiB = 1024

/** File systems that no tool of the tests makes: what libblkid knows them by (libblkid/src/superblocks). */

/** ReiserFS 3.6, with blocks of 4 KiB. */
export async function putReiserfs(disk: TestDisk): Promise<void> {
  const superblock = Buffer.alloc(128)
  superblock.writeUInt32LE(disk.sizeBytes / 4_096, 0)
  superblock.writeUInt32LE(18, 12) // where its journal begins
  superblock.writeUInt16LE(4_096, 44)
  superblock.write('ReIsEr2Fs', 52, 'latin1')
  await put(disk, 64 * 1024, superblock)
}

export async function putUfs(disk: TestDisk): Promise<void> {
  const magic = Buffer.alloc(4)
  magic.writeUInt32LE(0x19540119)
  await put(disk, 64 * 1024 + 0x55c, magic)
}

export async function putHfsPlus(disk: TestDisk): Promise<void> {
  const header = Buffer.alloc(512)
  header.write('H+', 0, 'latin1')
  header.writeUInt16BE(4, 2)
  header.writeUInt32BE(4_096, 40) // bytes of a block
  header.writeUInt32BE(disk.sizeBytes / 4_096, 44)
  await put(disk, 1_024, header)
}

export async function putApfs(disk: TestDisk): Promise<void> {
  const container = Buffer.alloc(4_096)
  container.writeBigUInt64LE(1n, 8) // object of the container
  container.writeUInt16LE(1, 24)
  container.writeUInt16LE(0x8000, 26)
  container.write('NXSB', 32, 'latin1')
  container.writeUInt32LE(4_096, 36)
  container.writeBigUInt64LE(fletcher64(container.subarray(8)), 0)
  await put(disk, 0, container)
}

/** As Apple File System Reference has it, for the checksum of objects. */
function fletcher64(bytes: Buffer): bigint {
  const modulus = 0xffffffffn
  let [low, high] = [0n, 0n]
  for (let at = 0; at < bytes.length; at += 4) {
    low += BigInt(bytes.readUInt32LE(at))
    high += low
  }
  const first = modulus - ((low + high) % modulus)
  const second = modulus - ((low + first) % modulus)
  return (second << 32n) | first
}

/** Of 1 KiB, whose words add up to zero. */
export async function putRomfs(disk: TestDisk): Promise<void> {
  const image = Buffer.alloc(kiB)
  image.write('-rom1fs-', 0, 'latin1')
  image.writeUInt32BE(kiB, 8)
  image.write('label', 16, 'latin1')
  let sum = 0
  for (let at = 0; at < 512; at += 4) sum = (sum + image.readUInt32BE(at)) | 0
  image.writeInt32BE(-sum | 0, 12)
  await put(disk, 0, image)
}

export async function putGfs2(disk: TestDisk): Promise<void> {
  const superblock = Buffer.alloc(512)
  superblock.writeUInt32BE(0x01161970, 0)
  superblock.writeUInt32BE(1, 4)
  superblock.writeUInt32BE(100, 16)
  superblock.writeUInt32BE(1_801, 24) // version of the format
  superblock.writeUInt32BE(1_900, 28)
  await put(disk, 64 * 1024, superblock)
}
