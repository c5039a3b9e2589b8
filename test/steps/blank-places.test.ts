import { describe, expect, test } from 'vitest'
import { blankPlaces } from '../../src/steps/blank-places.ts'
import { backupPlaces, unwrittenPlaces } from '../../src/steps/ext4-places.ts'

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

  test('cover the backups of an ext superblock', () => {
    const places = blankPlaces(1024 * GiB)
    expect(places).toEqual(expect.arrayContaining([...backupPlaces(1024 * GiB)]))
  })

  test.each([64 * MiB + 64, 256 * GiB + 64, 4 * GiB, 64 * GiB])(
    'cover the mirrors of btrfs and OCFS2: %i',
    (offset) => {
      expect(covers(1000 * GiB + 512, offset)).toBe(true)
    },
  )

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

  test('are in order, 4,096 samples, and no more than 64 MiB to be read, however large it is', () => {
    const places = blankPlaces(64 * 1024 * GiB)
    expect(places).toEqual(places.toSorted((one, other) => one.offsetBytes - other.offsetBytes))
    expect(places.length).toBeGreaterThan(4_096)
    expect(places.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)).toBeLessThan(64 * MiB)
  })
})
