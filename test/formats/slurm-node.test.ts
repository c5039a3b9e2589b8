import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseHardware, parseNodeState } from '../../src/formats/slurm-node.ts'

/** Printed by Slurm 22.05.8. */
const fixture = (name: string) => readFileSync(new URL(`../fixtures/slurm/${name}.txt`, import.meta.url), 'utf8')

test('the hardware is read from what slurmd -C prints', () => {
  expect(parseHardware(fixture('slurmd-c'))).toEqual({
    cpus: 2,
    sockets: 1,
    coresPerSocket: 2,
    threadsPerCore: 1,
    memoryMiB: 1979,
  })
  expect(parseHardware('slurmd: error: no cgroups\n')).toBeUndefined()
})

describe('the state of a node', () => {
  test.each([
    ['that has registered', 'node-idle', { state: 'IDLE', address: '10.0.0.11', reason: '', author: '' }],
    [
      'that has not',
      'node-unregistered',
      { state: 'UNKNOWN+NOT_RESPONDING', address: '10.0.0.11', reason: '', author: '' },
    ],
    [
      'that had less CPUs than its line',
      'node-had-less-cpus',
      {
        state: 'IDLE+DRAIN',
        address: '10.0.0.11',
        reason: 'Low socket*core*thread count, Low CPUs',
        author: 'slurm',
      },
    ],
    [
      'that had less of a generic resource',
      'node-had-less-gres',
      {
        state: 'IDLE+DRAIN',
        address: '10.0.0.11',
        reason: 'gres/zero count reported lower than configured (0 < 1)',
        author: 'slurm',
      },
    ],
  ])('%s is read', (_what, name, state) => {
    expect(parseNodeState(fixture(name))).toEqual(state)
  })

  test.each([
    ['Reason=Not responding [slurm@2026-11-25T23:01:02]', 'Not responding', 'slurm'],
    ['Reason=bad disk [root@2026-11-25T23:01:02] Comment=since May Extra=rack 2', 'bad disk', 'root'],
    ['Reason=bad disk', 'bad disk', ''],
  ])('tells why, and who says so: %s', (field, reason, author) => {
    const line = fixture('node-idle').replace('State=IDLE', 'State=DOWN+DRAIN').trimEnd()
    expect(parseNodeState(`${line} ${field}\n`)).toEqual({ state: 'DOWN+DRAIN', address: '10.0.0.11', reason, author })
  })

  test('is unknown where slurmctld knows no such node', () => {
    expect(parseNodeState('Node job-9 not found\n')).toBeUndefined()
  })
})
