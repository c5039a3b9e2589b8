import { describe, expect, test } from 'vitest'
import { renderPlan } from '../../../agent/report/plan.ts'
import type { StepResult } from '../../../src/engine/events.ts'

const plan = (results: Readonly<Record<string, StepResult>>) => renderPlan(new Map(Object.entries(results)))
const converged: StepResult = { is: 'converged', because: 'frontend-server is 10.0.0.5', warnings: [] }

test('a machine as it should be has nothing to do', () => {
  expect(plan({ hostname: converged })).toEqual([
    '= hostname: frontend-server is 10.0.0.5',
    '',
    'Nothing to do: the machine is as the configuration says.',
  ])
})

test('a plan says of each step what would happen, and sums up', () => {
  const results = plan({
    hostname: converged,
    efs: { is: 'pending', decision: { is: 'wait', code: 'EFS_PORT_CLOSED', for: '10.0.0.9:2049 is closed' } },
    'munge-key': { is: 'blocked', by: 'efs' },
    'data-volume': {
      is: 'pending',
      decision: { is: 'refuse', code: 'DISK_IS_ROOT', because: '/dev/nvme0n1 carries /', hint: 'correct volumeId' },
    },
    packages: { is: 'failed', code: 'OBSERVATION_FAILED', because: 'dpkg-query ended with 2' },
    munge: { is: 'interrupted' },
    slurmctld: {
      is: 'pending',
      decision: {
        is: 'act',
        actions: [
          { do: 'exec', argv: ['systemctl', 'start', 'slurmctld.service'], because: 'it is failed;\n  it said no' },
        ],
      },
    },
  })
  expect(results).toEqual([
    '= hostname: frontend-server is 10.0.0.5',
    '~ efs: would wait: EFS_PORT_CLOSED: 10.0.0.9:2049 is closed',
    '? munge-key: known after efs',
    '! data-volume: DISK_IS_ROOT: /dev/nvme0n1 carries /',
    '  -> correct volumeId',
    '! packages: OBSERVATION_FAILED: dpkg-query ended with 2',
    '! munge: interrupted',
    '~ slurmctld:',
    '    systemctl start slurmctld.service    # it is failed; it said no',
    '',
    'Plan: 1 as they should be, 2 to do, 1 refused, 1 known only after those, 2 that could not be looked at.',
    'slurm-node-agent explain CODE says more of each',
  ])
})

test.each<[string, string, StepResult]>([
  ['a wait', 'EFS_PORT_CLOSED', { is: 'pending', decision: { is: 'wait', code: 'EFS_PORT_CLOSED', for: 'it is' } }],
  [
    'a refusal',
    'DISK_SWAP',
    { is: 'pending', decision: { is: 'refuse', code: 'DISK_SWAP', because: 'it is', hint: 'look' } },
  ],
  ['a failure', 'OBSERVATION_FAILED', { is: 'failed', code: 'OBSERVATION_FAILED', because: 'no answer' }],
])('a plan that shows the code of %s ends with where it is explained', (_what, code, result) => {
  expect(plan({ hostname: converged, efs: result }).at(-1)).toBe(`slurm-node-agent explain ${code} says more`)
})

describe('a file that would be written', () => {
  const write = (was: string | undefined, content: string, mode = 0o644) => {
    const action = { do: 'write', path: '/etc/hosts', content, was, mode, because: 'the name moved' } as const
    return plan({ hostname: { is: 'pending', decision: { is: 'act', actions: [action] } } }).slice(1, -2)
  }

  test('is shown as a diff, with a line around what changes', () => {
    expect(write('1\n2\n3\n10.0.0.9 a\n5\n6\n', '1\n2\n3\n10.0.0.5 a\n5\n6\n')).toEqual([
      '    write /etc/hosts    # the name moved',
      '       3',
      '      -10.0.0.9 a',
      '      +10.0.0.5 a',
      '       5',
    ])
  })

  test('is not shown where only its owner may read it', () => {
    expect(write('StoragePass=a\n', 'StoragePass=b\n', 0o600)).toEqual([
      '    write /etc/hosts    # the name moved',
      '      (content not shown)',
    ])
  })

  test('is shown without a password of somebody else', () => {
    const before = '//nas/x /mnt/x cifs username=u,password=sesame 0 0\n'
    expect(write(before, `${before}UUID=1 /mnt/shared ext4 nofail 0 2\n`)).toEqual([
      '    write /etc/hosts    # the name moved',
      '       //nas/x /mnt/x cifs username=u,password=(left out) 0 0',
      '      +UUID=1 /mnt/shared ext4 nofail 0 2',
    ])
  })

  test('is shown whole where it is new', () => {
    expect(write(undefined, 'a\n\nb\n')).toEqual([
      '    write /etc/hosts    # the name moved',
      '      +a',
      '      +',
      '      +b',
    ])
  })

  test('is shown without the words of diff about its last line', () => {
    expect(write('a', 'b\n')).toEqual(['    write /etc/hosts    # the name moved', '      -a', '      +b'])
  })

  test('may hold lines that look like those of a diff', () => {
    expect(write('@@ -1 +1 @@\n', '--- a\n')).toEqual([
      '    write /etc/hosts    # the name moved',
      '      -@@ -1 +1 @@',
      '      +--- a',
    ])
  })
})

test('of a key there is nothing in a plan but its fingerprint and where it lies', () => {
  const owner = { user: 'munge', group: 'munge' }
  const sha256 = 'ab'.repeat(32)
  const from = `/mnt/work/slurm/munge/${sha256}.key`
  const copy = { do: 'copy-secret', from, to: '/etc/munge/munge.key', sha256, mode: 0o400, owner } as const
  const because = 'there is no local key'
  expect(plan({ key: { is: 'pending', decision: { is: 'act', actions: [{ ...copy, because }] } } })).toEqual([
    '~ key:',
    `    copy-secret ${from} to /etc/munge/munge.key    # there is no local key`,
    '',
    'Plan: 1 to do.',
  ])
})
