import { describe, expect, test } from 'vitest'
import { backupPlaces, firstBackups, unwrittenPlaces } from '../../src/steps/ext4-places.ts'

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB

describe('the places of backups of a superblock', () => {
  // Captured from `mke2fs -n`, with -b and -C.
  test.each([
    ['1 KiB', 100 * GiB, KiB, [8_193, 24_577, 40_961, 57_345, 73_729, 204_801, 221_185, 401_409, 663_553, 1_024_001]],
    ['2 KiB', 100 * GiB, 2 * KiB, [16_384, 49_152, 81_920, 114_688, 147_456, 409_600, 442_368, 802_816, 1_327_104]],
    ['4 KiB', 100 * GiB, 4 * KiB, [32_768, 98_304, 163_840, 229_376, 294_912, 819_200, 884_736, 1_605_632, 2_654_208]],
    ['64 KiB', 512 * GiB, 64 * KiB, [65_528, 196_584, 327_640, 458_696, 589_752, 1_638_200, 1_769_256, 3_210_872]],
    ['1 KiB in clusters of 16', 10 * GiB, KiB, [131_072, 393_216, 655_360, 917_504, 1_179_648, 3_276_800, 6_422_528]],
    ['4 KiB in clusters of 64', 100 * GiB, 4 * KiB, [524_288, 1_572_864, 2_621_440, 3_670_016, 13_107_200, 25_690_112]],
    ['1 KiB with sparse_super2', 1_000 * MiB, KiB, [8_193, 1_015_809]],
    ['4 KiB with sparse_super2', 100 * GiB, 4 * KiB, [32_768, 26_181_632]],
  ])('are known for blocks of %s', (_size, sizeBytes, blockBytes, blocks) => {
    const places = backupPlaces(sizeBytes)
    for (const block of blocks) {
      const at = block * blockBytes
      expect(
        places.some(({ offsetBytes, lengthBytes }) => offsetBytes <= at && at + KiB <= offsetBytes + lengthBytes),
      ).toBe(true)
    }
  })
})

describe('the places that mkfs.ext4 never writes', () => {
  test('are the boot block and the second halves of block groups', () => {
    const [boot, ...others] = unwrittenPlaces(100 * GiB)
    expect(boot).toEqual({ offsetBytes: 0, lengthBytes: KiB })
    expect(others).toHaveLength(4_096)
    for (const { offsetBytes } of others) expect(offsetBytes % (128 * MiB)).toBeGreaterThanOrEqual(64 * MiB)
  })
})

test('the first backups are looked for as far as the disk reaches', () => {
  expect(firstBackups(100 * MiB)).toEqual([
    { offsetBytes: 8_193 * KiB, block: 8_193, blockBytes: KiB },
    { offsetBytes: 32 * MiB, block: 16_384, blockBytes: 2 * KiB },
  ])
  expect(firstBackups(GiB)).toHaveLength(5)
  expect(firstBackups(64 * GiB).map(({ block }) => block)).toEqual([
    8_193, 16_384, 32_768, 65_528, 65_528, 65_528, 65_528,
  ])
})
