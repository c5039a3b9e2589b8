import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseBlkid } from '../../src/formats/blkid.ts'
import { parseDumpe2fs } from '../../src/formats/dumpe2fs.ts'
import { parseSwaps } from '../../src/formats/swaps.ts'
import { parseWipefs } from '../../src/formats/wipefs.ts'

/** As these tools printed it (util-linux 2.38.1, e2fsprogs 1.47.0). */
const captured = async (name: string) => await readFile(join(import.meta.dirname, '../fixtures/disk', name), 'utf8')

const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'

describe('wipefs', () => {
  test.each([
    ['blank', []],
    ['ext4', [{ offset: '0x438', type: 'ext4' }]],
    [
      'ext4-and-luks',
      [
        { offset: '0x0', type: 'crypto_LUKS' },
        { offset: '0x438', type: 'ext4' },
      ],
    ],
    [
      'gpt',
      [
        { offset: '0x200', type: 'gpt' },
        { offset: '0x3fffe00', type: 'gpt' },
        { offset: '0x1fe', type: 'PMBR' },
      ],
    ],
  ])('names every signature: %s', async (name, signatures) => {
    expect(parseWipefs(await captured(`${name}.wipefs.json`))).toEqual(signatures)
  })

  test('that printed nothing at all is no proof of anything', () => {
    expect(() => parseWipefs('')).toThrow('JSON')
  })
})

describe('blkid', () => {
  const found = { is: 'found', type: undefined, partitionTable: undefined }

  test.each([
    ['blank', 2, { is: 'nothing' }],
    ['ext4', 0, { ...found, type: 'ext4' }],
    // It stops at the first that it finds: wipefs names both.
    ['ext4-and-luks', 0, { ...found, type: 'crypto_LUKS' }],
    ['gpt', 0, { ...found, partitionTable: 'gpt' }],
  ])('concludes: %s', async (name, exitCode, probe) => {
    expect(parseBlkid({ exitCode, stdout: await captured(`${name}.blkid`) })).toEqual(probe)
  })

  test('tells of a blank partition where it is, and so nothing', () => {
    const entry = 'DEVNAME=/dev/loop0p1\nPART_ENTRY_SCHEME=dos\nPART_ENTRY_TYPE=0x83\nPART_ENTRY_NUMBER=1\n'
    expect(parseBlkid({ exitCode: 0, stdout: entry })).toEqual({ is: 'nothing' })
    expect(parseBlkid({ exitCode: 0, stdout: `${entry}TYPE=ext4\n` })).toMatchObject({ is: 'found', type: 'ext4' })
    expect(parseBlkid({ exitCode: 0, stdout: 'DEVNAME=/dev/loop0\n' })).toEqual(found)
  })

  test('that cannot decide says so by its exit code', () => {
    expect(parseBlkid({ exitCode: 8, stdout: '' })).toEqual({ is: 'ambivalent' })
  })

  test('that ends well and says nothing has not found nothing', () => {
    expect(parseBlkid({ exitCode: 0, stdout: '' })).toEqual(found)
  })
})

describe('dumpe2fs', () => {
  const readable = {
    is: 'readable',
    uuid,
    label: 'my data',
    hasErrors: false,
    sizeBytes: 67_108_864,
    blockBytes: 1_024,
    unknownFeatures: [],
    isMarkedReadOnly: false,
    externalJournal: undefined,
  }
  const answer = (stdout: string, exitCode = 0, stderr = '') =>
    parseDumpe2fs({ exitCode, stdout, stderr: `dumpe2fs 1.47.0 (5-Feb-2023)\n${stderr}\n` })

  test.each([
    ['ext4', readable],
    ['ext4-with-errors', { ...readable, hasErrors: true }],
    ['ext4-with-journal-errors', { ...readable, hasErrors: true }],
    [
      'ext4-with-external-journal',
      { ...readable, label: undefined, externalJournal: '0e9fe09b-ae25-41eb-808e-7b4b61c6bdc5' },
    ],
    ['ext4-without-uuid', { ...readable, uuid: undefined, label: 'a' }],
  ])('tells the state: %s', async (name, superblock) => {
    expect(answer(await captured(`${name}.dumpe2fs`))).toEqual(superblock)
  })

  test('is not misled by a label with a line break, which comes first', async () => {
    const stdout = (await captured('ext4.dumpe2fs')).replace('my data', '\nBlock size: 1')
    expect(answer(stdout)).toMatchObject({ blockBytes: 1_024 })
  })

  test('finds no superblock where there is no magic number', () => {
    expect(answer('', 19, 'dumpe2fs: Bad magic number in super-block while trying to open /dev/loop0')).toEqual({
      is: 'absent',
    })
  })

  test('tells what it does not know, and a mark of its own', async () => {
    const stdout = (await captured('ext4.dumpe2fs')).replace(
      /^Filesystem features:.*$/m,
      (line) => `${line} FEATURE_C20 FEATURE_I20 FEATURE_R21 read-only`,
    )
    expect(answer(stdout)).toMatchObject({ unknownFeatures: ['FEATURE_I20', 'FEATURE_R21'], isMarkedReadOnly: true })
  })

  test('does not know every feature', () => {
    const because = 'Filesystem has unsupported feature(s)'
    expect(answer('', 67, `dumpe2fs: ${because} while trying to open /dev/loop0`)).toEqual({
      is: 'unsupported',
      because,
    })
  })

  test.each([
    [
      34,
      'dumpe2fs: Filesystem has unexpected block size while trying to open d',
      'Filesystem has unexpected block size',
    ],
    [
      152,
      'dumpe2fs: Superblock checksum does not match superblock while trying to open /dev/loop0',
      'Superblock checksum does not match superblock',
    ],
    [
      1,
      'dumpe2fs: A block group is missing an inode table while reading journal inode',
      'A block group is missing an inode table while reading journal inode',
    ],
    [60, '', 'dumpe2fs ended with 60'],
  ])('tells why it cannot be used, exit code %i', (exitCode, stderr, because) => {
    expect(answer('', exitCode, stderr)).toEqual({ is: 'unreadable', uuid: undefined, because })
  })

  test('keeps the UUID of a superblock that is no good', async () => {
    expect(answer(await captured('ext4.dumpe2fs'), 152)).toMatchObject({ is: 'unreadable', uuid })
  })

  test('does not take half a header for a whole one', async () => {
    const whole = await captured('ext4.dumpe2fs')
    for (const line of ['Filesystem state', 'Block count', 'Block size']) {
      expect(answer(whole.replace(line, 'Something else'))).toMatchObject({ is: 'unreadable' })
    }
  })
})

describe('/proc/swaps', () => {
  test('names the devices', async () => {
    expect(parseSwaps(await captured('swaps'))).toEqual(['/dev/loop0'])
    expect(parseSwaps('Filename\tType\n/swap\\040file file 1 0 -2\n')).toEqual(['/swap file'])
    expect(parseSwaps('Filename\tType\n')).toEqual([])
  })
})
