import { describe, expect, test } from 'vitest'
import { gresCount } from '../../src/config/gres.ts'
import { parseConfig, problemLine } from '../../src/config/parse.ts'
import { writtenWith } from './written.ts'

/** Of nodes that have these generic resources, each in a configuration that is good but for them. */
function problems(...gres: readonly (readonly object[])[]): readonly string[] {
  const nodes = gres.map((one, index) => ({ name: `n-${index}`, gres: one }))
  const parsed = parseConfig(JSON.stringify(writtenWith('slurm.nodes', nodes)))
  return parsed.is === 'good' ? [] : parsed.problems.map(problemLine)
}

const gpu = { name: 'gpu', type: 't4', file: '/dev/nvidia[0-1]' }

describe('the generic resources of a node', () => {
  test.each([
    ['files', [gpu]],
    ['files and their count', [{ ...gpu, count: 2 }]],
    ['files and no type', [{ name: 'gpu', file: '/dev/nvidia0' }]],
    ['two types', [gpu, { name: 'gpu', type: 'v100', file: '/dev/nvidia[2-3]' }]],
    ['a count alone', [{ name: 'tape', count: 4 }]],
    ['a name alone', [{ name: 'tape' }]],
    ['parts of GPUs beside them', [{ name: 'shard', count: 8 }, { name: 'mps', count: 200 }, gpu]],
    ['nothing', []],
  ])('may have %s', (_what, gres) => {
    expect(problems(gres)).toEqual([])
  })

  test.each([
    [
      'a GPU without a file, which slurmd ignores',
      [{ name: 'gpu', count: 2 }],
      '[0].file: must be given: slurmd takes no gpu without its device file',
    ],
    [
      'another count than of files',
      [{ ...gpu, count: 3 }],
      '[0].count: must be 2, as many as there are files, or be left out',
    ],
    [
      'files that run backwards',
      [{ ...gpu, file: '/dev/nvidia[3-0]' }],
      '[0].file: must have ranges that run upwards, and 1024 files at most: /dev/nvidia[3-0]',
    ],
    [
      'more files than Slurm tracks',
      [{ ...gpu, file: '/dev/nvidia[0-1024]' }],
      '[0].file: must have ranges that run upwards, and 1024 files at most: /dev/nvidia[0-1024]',
    ],
    [
      'parts of GPUs with files',
      [gpu, { name: 'shard', count: 8, file: '/dev/nvidia0' }],
      '[1].file: must not be given with shard, whose count Slurm divides among the GPUs of the node',
    ],
    ['parts of GPUs alone', [{ name: 'mps', count: 200 }], ': must have a gpu beside: mps'],
    [
      'one with a type and one without',
      [gpu, { name: 'gpu', file: '/dev/nvidia2' }],
      ': must have a type for all or for none of: gpu',
    ],
    ['one of a type twice', [gpu, { ...gpu, file: '/dev/nvidia2' }], ': must not name twice: gpu:t4'],
    ['one without a type twice', [{ name: 'tape' }, { name: 'tape' }], ': must not name twice: tape'],
    [
      'a file twice',
      [gpu, { name: 'gpu', type: 'v100', file: '/dev/nvidia[1-2]' }],
      ': must not name twice: /dev/nvidia1',
    ],
  ])('have not %s', (_what, gres, problem) => {
    expect(problems([gpu], gres)).toEqual([`slurm.nodes[1].gres${problem}`])
  })

  test('have files on all nodes or on none', () => {
    const tape = { name: 'tape', count: 1 }
    expect(problems([tape], [{ ...tape, file: '/dev/st0' }])).toEqual([
      'slurm.nodes: must have files on all nodes or on none for the gres: tape',
    ])
  })
})

test.each([
  [{ file: '/dev/nvidia[0-1,3]' }, 3],
  [{ count: 4 }, 4],
  [{}, 1],
])('%j are counted', (gres, count) => {
  expect(gresCount(gres)).toBe(count)
})
