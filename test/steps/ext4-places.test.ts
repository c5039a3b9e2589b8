import { describe, expect, test } from 'vitest'
import { blankPlaces, firstBackups, unwrittenPlaces } from '../../src/steps/ext4-places.ts'

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB

const covers = (sizeBytes: number, offset: number) =>
  blankPlaces(sizeBytes).some(
    ({ offsetBytes, lengthBytes }) => offsetBytes <= offset && offset < offsetBytes + lengthBytes,
  )

describe('the places that must be zero on a blank disk', () => {
  test.each([0, 16 * MiB - 1, 1024 * GiB - 16 * MiB, 1024 * GiB - 1])('cover its ends: %i', (offset) => {
    expect(covers(1024 * GiB, offset)).toBe(true)
  })

  // Captured from `mke2fs -n` on 100 GiB.
  test.each([
    ['1 KiB', 1, [8_193, 24_577, 40_961, 57_345, 73_729, 204_801, 221_185, 401_409, 663_553, 1_024_001]],
    ['2 KiB', 2, [16_384, 49_152, 81_920, 114_688, 147_456, 409_600, 442_368, 802_816, 1_327_104, 2_048_000]],
    ['4 KiB', 4, [32_768, 98_304, 163_840, 229_376, 294_912, 819_200, 884_736, 1_605_632, 2_654_208, 4_096_000]],
  ])('cover the backups of a superblock in blocks of %s', (_size, kiB, blocks) => {
    for (const block of blocks) expect(covers(100 * GiB, block * kiB * KiB)).toBe(true)
  })

  test.each([1, 2, 3])('cover the beginning of quarter %i, where XFS has an allocation group', (quarter) => {
    expect(covers(1024 * GiB, (quarter * 1024 * GiB) / 4)).toBe(true)
  })

  test.each([1, 511, 4 * KiB, MiB + 512, 16 * MiB, 20 * MiB, GiB, 1000 * GiB, 64 * 1024 * GiB])(
    'lie on a device of %i bytes',
    (size) => {
      for (const { offsetBytes, lengthBytes } of [...blankPlaces(size), ...unwrittenPlaces(size)]) {
        expect(offsetBytes).toBeGreaterThanOrEqual(0)
        expect(lengthBytes).toBeGreaterThan(0)
        expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(size)
      }
    },
  )

  test('are 4,096 samples and no more than 64 MiB to be read, however large it is', () => {
    const places = blankPlaces(64 * 1024 * GiB)
    expect(places.length).toBeGreaterThan(4_096)
    expect(places.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)).toBeLessThan(64 * MiB)
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
  expect(firstBackups(GiB)).toHaveLength(3)
})
