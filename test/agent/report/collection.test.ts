import { describe, expect, test } from 'vitest'
import { collection, isOfMunge } from '../../../agent/report/collection.ts'

describe('what a bug report holds', () => {
  const sources = collection('/etc/slurm-node-agent/config.json')

  test('has a name of its own each', () => {
    const names = sources.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  test('has the journal of the user data, which tells why there was no run yet', () => {
    expect(sources).toContainEqual({
      name: 'journal-slurm-node-agent-bootstrap.service.txt',
      argv: [
        'journalctl',
        '--unit=slurm-node-agent-bootstrap.service',
        '--lines=5000',
        '--output=short-iso',
        '--utc',
        '--no-pager',
        '--quiet',
      ],
    })
  })

  test('names no place where a key lies', () => {
    const words = sources.flatMap((source) => {
      if ('argv' in source) return source.argv
      return 'path' in source ? [source.path] : [source.log]
    })
    expect(words.filter(isOfMunge)).toEqual([])
  })
})

test.each([
  ['/etc/munge/munge.key', true],
  ['/mnt/work/slurm/munge/current', true],
  ['/mnt/work/slurm/munge.key', true],
  ['/mnt/work/slurm/munge.key.1', true],
  ['/mnt/work/slurm/slurm.conf', false],
  ['/var/lib/slurm-node-agent/munge-key.sha256', false],
  ['journal-munge.service.txt', false],
])('%s is kept back: %s', (path, isKept) => {
  expect(isOfMunge(path)).toBe(isKept)
})
