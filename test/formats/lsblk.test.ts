import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lsblkArgv, parseLsblk, treeOf } from '../../src/formats/lsblk.ts'

const captured = await readFile(join(import.meta.dirname, '../fixtures/disk/lsblk.json'), 'utf8')

describe('lsblk', () => {
  test('is asked for the column NAME, without which it makes no tree', () => {
    expect(lsblkArgv.at(-1)).toMatch(/^NAME,/)
  })

  test('gives the disks with what is made on them', () => {
    const devices = parseLsblk(captured)
    expect(devices.map(({ name }) => name)).toEqual(['loop0', 'zram0', 'vda'])
    expect(devices[0]).toEqual({
      name: 'loop0',
      path: '/dev/loop0',
      device: '7:0',
      type: 'loop',
      sizeBytes: 67_108_864,
      readOnly: false,
      mountPoints: [],
      children: [
        {
          name: 'loop0p1',
          path: '/dev/loop0p1',
          device: '259:0',
          type: 'part',
          sizeBytes: 16_777_216,
          readOnly: false,
          mountPoints: [],
          children: [],
        },
      ],
    })
    expect(devices[2]?.mountPoints).toEqual(['/'])
    expect(devices.flatMap(treeOf).map(({ name }) => name)).toEqual(['loop0', 'loop0p1', 'zram0', 'vda'])
  })

  test.each([
    ['', 'JSON'],
    ['{}', 'blockdevices'],
    ['{"blockdevices":[{"kname":"nvme0n1"}]}', 'maj:min'],
  ])('throws on what it does not know: %s', (output, message) => {
    expect(() => parseLsblk(output)).toThrow(message)
  })
})
