import { describe, expect, test } from 'vitest'
import { parseXfsDb, parseXfsGeometry } from '../../src/formats/xfs.ts'

const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'

/** xfs_db 6.1.0, of an XFS of 1 GiB. */
const captured = `magicnum = 0x58465342
blocksize = 4096
dblocks = 262144
uuid = ${uuid}
inprogress = 0
fname = "data\\000\\000\\000\\000\\000\\000\\000\\000"
logstart = 131078
features_incompat = 0xb
`
const answer = (stdout: string, stderr = '', exitCode = 0) => parseXfsDb({ exitCode, stdout, stderr })
const withLine = (name: string, value: string) =>
  captured.replace(new RegExp(`^${name} = .*$`, 'm'), () => `${name} = ${value}`)

describe('the superblock of an XFS', () => {
  const readable = {
    is: 'readable',
    uuid,
    label: 'data',
    hasErrors: false,
    sizeBytes: 1_073_741_824,
    blockBytes: 4_096,
    unknownFeatures: [],
    isMarkedReadOnly: false,
    externalJournal: undefined,
  }

  test('is read', () => {
    expect(answer(captured)).toEqual(readable)
  })

  test.each<[string, string, string, object]>([
    ['no label', 'fname', '"\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000"', { label: undefined }],
    ['a label with quotes in it', 'fname', '"my \\"l\\\\x\\000\\000\\000\\000\\000"', { label: 'my "l\\x' }],
    ['a label as long as can be', 'fname', '"twelve-bytes"', { label: 'twelve-bytes' }],
    ['no UUID', 'uuid', '00000000-0000-0000-0000-000000000000', { uuid: undefined }],
    ['the mark that it must be repaired', 'features_incompat', '0x1b', { hasErrors: true }],
    ['its log elsewhere', 'logstart', '0', { externalJournal: 'which it does not name' }],
    ['the features of version 4', 'features_incompat', '0', {}],
  ])('with %s', (_what, name, value, changes) => {
    expect(answer(withLine(name, value))).toEqual({ ...readable, ...changes })
  })

  test('says that its mkfs is not at its end', () => {
    expect(answer(withLine('inprogress', '1'))).toEqual({ is: 'unfinished', uuid })
  })

  test.each(['Metadata CRC error', 'Metadata corruption'])('is no good: %s', (because) => {
    const stderr = `${because} detected at 0x55ed9b8c4cc5, xfs_sb block 0x0/0x200\n`
    expect(answer(captured, stderr)).toEqual({ is: 'unreadable', uuid, because })
  })

  test('may have features that the tools do not know', () => {
    const stderr =
      'Superblock has unknown incompatible features (0x4000) enabled.\nFilesystem cannot be safely mounted by this kernel.\n' +
      'Superblock has unknown read-only compatible features (0x8000) enabled.\n'
    const unknownFeatures = ['incompatible features (0x4000)', 'read-only compatible features (0x8000)']
    expect(answer(captured, stderr)).toEqual({ ...readable, unknownFeatures })
  })

  test('is not made worse by what is wrong elsewhere', () => {
    const stderr = 'Metadata CRC error detected at 0x55ed9b8c4cc5, xfs_agf block 0x1/0x200\n'
    expect(answer(captured, stderr)).toEqual(readable)
    expect(answer(captured, 'V4 filesystems are deprecated\n')).toEqual(readable)
  })

  test('is absent where there is no magic number', () => {
    const stderr =
      'xfs_db: /dev/loop0 is not a valid XFS filesystem (unexpected SB magic number 0x00000000)\nUse -F to force a read attempt.\n'
    expect(answer('', stderr, 1)).toEqual({ is: 'absent' })
  })

  test.each([
    ['', 'xfs_db: device /dev/loop0 unusable (not an XFS filesystem?)\n', 1, undefined],
    ['', 'bad allocation group number 0\n', 0, undefined],
    [captured, 'xfs_db: cannot init perag data (5)\n', 1, uuid],
  ])('is no good when xfs_db prints %j and says %j', (stdout, stderr, exitCode, itsUuid) => {
    const because = `xfs_db ended with ${exitCode}: ${stderr.trim()}`
    expect(answer(stdout, stderr, exitCode)).toEqual({ is: 'unreadable', uuid: itsUuid, because })
  })

  test.each(['xfs_db: cannot open /dev/loop0: Permission denied\n', 'xfs_db: read failed: Input/output error\n'])(
    'is not concluded upon where the device cannot be read: %j',
    (stderr) => {
      expect(() => answer('', stderr, 1)).toThrow(`xfs_db ended with 1: ${stderr.trim()}`)
    },
  )
})

describe('the geometry of a mounted XFS', () => {
  /** xfs_growfs 6.1.0. */
  const geometry = `meta-data=/dev/loop0             isize=512    agcount=4, agsize=65536 blks
         =                       sectsz=512   attr=2, projid32bit=1
         =                       crc=1        finobt=1, sparse=1, rmapbt=0
data     =                       bsize=4096   blocks=262144, imaxpct=25
         =                       sunit=0      swidth=0 blks
naming   =version 2              bsize=4096   ascii-ci=0, ftype=1
log      =internal log           bsize=4096   blocks=16384, version=2
realtime =none                   extsz=4096   blocks=0, rtextents=0
`

  test('tells its size', () => {
    expect(parseXfsGeometry(geometry)).toBe(1_073_741_824)
  })

  test.each(['', 'log      =internal log           bsize=4096   blocks=16384, version=2\n'])('is not %j', (stdout) => {
    expect(() => parseXfsGeometry(stdout)).toThrow('printed no data section')
  })
})
