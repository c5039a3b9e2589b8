import { expect, test } from 'vitest'
import { toForgetSilent } from '../../src/steps/munge-key-silent.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'

const nodes = '/mnt/work/slurm/nodes'
const ask = 'timeout --kill-after=2 20 sinfo --all --noheader --Node --dead --states=down --format=%N'

const forget = async (answer: NonNullable<Script['commands']>[string]) =>
  await toForgetSilent(
    configuration(),
    fakeHost({
      commands: { [ask]: answer },
      directories: { [nodes]: ['.job-3.munge-key.x', 'job-1.munge-key', 'job-3.json', 'job-3.munge-key'] },
    }),
    signal,
  )

test('what nodes told that slurmctld does not hear of is taken back before a key is replaced', async () => {
  // Once for each partition of theirs; job-4 has told nothing.
  expect(await forget('job-3\njob-4\njob-3\n')).toEqual([
    {
      do: 'remove',
      path: `${nodes}/job-3.munge-key`,
      whileMounted: '/mnt/work',
      because: 'slurmctld has the node as down and not responding',
    },
  ])
})

test.each([
  ['where it hears of all', ''],
  ['where it does not answer', { exitCode: 1, stderr: 'slurm_load_partitions: Unable to contact slurm controller' }],
  ['where it does not answer in time', { exitCode: 124, stdout: 'job-3\n' }],
])('nothing is taken back %s', async (_case, answer) => {
  expect(await forget(answer)).toEqual([])
})
