import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import {
  act,
  config,
  decide,
  disk,
  fstab,
  mount,
  mounted,
  type Seen,
  sizeBytes,
  superblock,
  whole,
} from './data-volume-sights.ts'

const MiB = 1024 ** 2
const mountedWith = (bytes: number): Seen => ({
  ...mounted,
  sight: { is: 'mounted', disk, superblock: { ...superblock, sizeBytes: bytes }, copies: [] },
})
const half = sizeBytes / 2
const because = `the file system has ${half} bytes, /dev/nvme2n1 ${sizeBytes}`
const grow = {
  do: 'exec',
  argv: ['resize2fs', '/dev/nvme2n1'],
  mayFail: true,
  whileMounted: '/mnt/shared',
  because,
} as const
const growXfs = { ...grow, argv: ['xfs_growfs', '-d', '/mnt/shared'] } as const
const done: ActionOutcome = { is: 'done', action: grow }
const failed: ActionOutcome = { is: 'failed', action: grow, error: 'no space for the group descriptors' }

describe('a volume that was enlarged', () => {
  test('has its ext4 grown while it is mounted', () => {
    expect(decide(mountedWith(half))).toEqual(act(grow))
  })

  test('has its XFS grown while it is mounted', () => {
    const seen = {
      ...mountedWith(half),
      mount: { ...mount, type: 'xfs' },
      fstab: fstab.replace('ext4 defaults,nofail', 'xfs defaults,nofail').replace('0 2\n', '0 0\n'),
    }
    const onXfs = { dataVolume: { ...config.dataVolume, fileSystem: 'xfs' as const } }
    expect(dataVolume.decide(onXfs, seen, [])).toEqual(act(growXfs))
  })

  test('is mounted before it is grown', () => {
    const { sight } = whole
    if (sight.is !== 'read' || sight.verdict.is !== 'holds') throw new Error('not whole')
    const smaller = { ...sight, verdict: { ...sight.verdict, sizeBytes: half } }
    expect(decide({ ...whole, sight: smaller })).toEqual(decide(whole))
  })

  test.each([
    ['too little for another group is left over', sizeBytes - 127 * MiB],
    ['the file system is larger: it is never made smaller', sizeBytes + 1024 * MiB],
  ])('is left as it is where %s', (_case, bytes) => {
    expect(decide(mountedWith(bytes))).toMatchObject({ is: 'converged' })
  })

  test('is tried once a run, and what could not be grown is said', () => {
    const size = `the file system on /mnt/shared has ${half} of the ${sizeBytes} bytes of /dev/nvme2n1`
    const warned = (text: string) => ({ is: 'converged', warnings: [{ code: 'DATA_VOLUME_NOT_GROWN', text }] })
    expect(decide(mountedWith(half), [failed])).toMatchObject(warned(`${size}: no space for the group descriptors`))
    expect(decide(mountedWith(half), [done])).toMatchObject(warned(size))
  })

  test('is converged without a word once it is grown', () => {
    expect(decide(mounted, [done])).toEqual(decide(mounted))
  })
})
