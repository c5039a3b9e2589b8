import { expect, test } from 'vitest'
import { packagesBy } from '../../agent/host/packages.ts'
import { unitsBy } from '../../agent/host/units.ts'
import type { Action, ActionOutcome } from '../../src/engine/action.ts'
import { beginRotation } from '../../src/steps/munge-key-begin.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { claimedFrontEnd, linkTo, state as statePlace, versionQuery } from './claimed-front-end.ts'
import { configuration } from './configuration.ts'

const keys = '/mnt/work/slurm/munge'
const rotation = `${keys}/rotation`
const [old, other] = ['a'.repeat(64), 'b'.repeat(64)]
const ask = (question: string) => `timeout --kill-after=2 20 ${question}`
const release = ask('scontrol delete ReservationName=slurm-node-agent')
const hold = ask(
  'scontrol create reservation ReservationName=slurm-node-agent Users=root Nodes=ALL StartTime=now Duration=2 Flags=IGNORE_JOBS,OVERLAP',
)
const jobs = ask('squeue --all --noheader --states=all --format=%T')
const silent = ask('sinfo --all --noheader --Node --dead --states=down --format=%N')

const write = `write ${rotation}: ${old}\n${old}\n${other}\n`
const forget = 'remove /mnt/work/slurm/nodes/job-2.munge-key'
const stop = 'systemctl stop slurmctld.service'
const start = 'systemctl start slurmctld.service'

interface Machine {
  readonly config?: object
  readonly whileJobsRun?: boolean
  readonly commands?: Script['commands']
  readonly files?: Script['files']
  readonly pointer?: string
  /** What does not succeed, by the action as it is listed. */
  readonly outcomes?: Readonly<Record<string, 'failed' | 'stale' | 'never'>>
}

/** What was asked of Slurm and done, in order; and how it ended. */
async function begun({ config = {}, whileJobsRun = false, commands, files, pointer, outcomes = {} }: Machine) {
  const seen: string[] = []
  const fake = fakeHost({
    ...claimedFrontEnd,
    stats: { ...claimedFrontEnd.stats, [`${keys}/current`]: linkTo(pointer ?? `${old}.key`) },
    directories: {
      [keys]: ['.tmp.slurm-node-agent', `${old}.key`, `${other}.key`, 'current'],
      '/mnt/work/slurm/nodes': ['job-1.munge-key', 'job-2.munge-key'],
    },
    files: { ...claimedFrontEnd.files, [rotation]: undefined, ...files },
    commands: {
      ...claimedFrontEnd.commands,
      [release]: '',
      [hold]: 'Reservation created\n',
      [jobs]: 'PENDING\n',
      [silent]: 'job-2\n',
      ...commands,
    },
  })
  const exec: typeof fake.exec = async (argv, options) => {
    seen.push(argv.join(' '))
    return await fake.exec(argv, options)
  }
  const perform = async (action: Action): Promise<ActionOutcome> => {
    const text = textOf(action)
    seen.push(text)
    const outcome = outcomes[text]
    if (outcome === 'never') return await new Promise(() => undefined)
    if (outcome === 'failed') return { is: 'failed', action, error: 'no space left' }
    return outcome === 'stale' ? { is: 'stale', action, because: 'it has changed' } : { is: 'done', action }
  }
  const error = await beginRotation({
    config: configuration(config),
    whileJobsRun,
    ports: { host: { ...fake, exec, packages: packagesBy(exec), units: unitsBy(exec) }, perform },
    signal,
    soon: () => AbortSignal.timeout(50),
  }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { seen, error: error instanceof Error ? error : undefined }
}

function textOf(action: Action): string {
  if (action.do === 'exec') return action.argv.join(' ')
  if (action.do === 'write') return `write ${action.path}: ${action.content}`
  return action.do === 'remove' ? `remove ${action.path}` : action.do
}

test('pending jobs are held back while it is asked whether jobs run; then slurmctld is stopped', async () => {
  expect(await begun({})).toEqual({
    seen: [versionQuery, release, hold, jobs, silent, forget, stop, write],
    error: undefined,
  })
})

test.each(['RESV_DEL_HOLD', 'REQUEUE_HOLD', 'SPECIAL_EXIT'])('a job that is %s does not run', async (state) => {
  expect((await begun({ commands: { [jobs]: `${state}\n` } })).error).toBeUndefined()
})

test('with --while-jobs-run nothing is held back, and nobody asked', async () => {
  expect(await begun({ whileJobsRun: true })).toEqual({
    seen: [versionQuery, silent, forget, stop, write],
    error: undefined,
  })
})

test('a rotation that was begun is gone on with', async () => {
  expect(await begun({ files: { [rotation]: `${old}\n` } })).toEqual({ seen: [], error: undefined })
})

test('refused where slurmctld would not start again', async () => {
  const lookBelow = `find ${statePlace} -xdev ! -type d -print -quit`
  const files = { '/etc/fstab': `LABEL=state ${statePlace} ext4 noauto 0 2\n` }
  const { seen, error } = await begun({ files, commands: { [lookBelow]: '' } })
  expect(seen).toEqual([versionQuery, lookBelow])
  expect(error?.message).toBe(
    `slurmctld, once stopped, would not start again: slurm-conf: SLURM_STATE_NOT_MOUNTED: ${statePlace}, which a person mounts: /etc/fstab has it as noauto; mend it first, by apply`,
  )
})

const anyway = 'with --while-jobs-run they run on, but may not start anything new on other nodes meanwhile'

test.each([
  ['RUNNING\nPENDING\nCOMPLETED\nSUSPENDED\n', `jobs are running: 2; wait for them to end; ${anyway}`],
  ['COMPLETING\n', `jobs are running: 1; wait for them to end; ${anyway}`],
  ['STATE_OF_A_LATER_SLURM\n', `jobs are running: 1; wait for them to end; ${anyway}`],
  [
    { exitCode: 1, stderr: 'slurm_load_jobs error: Unable to contact\n' },
    `slurmctld does not tell whether jobs run: slurm_load_jobs error: Unable to contact; ${anyway}`,
  ],
  [{ exitCode: 124 }, `slurmctld does not tell whether jobs run: no answer; ${anyway}`],
])('refused and released, with nothing changed, where squeue says %j', async (answer, message) => {
  const { seen, error } = await begun({ commands: { [jobs]: answer } })
  expect(seen).toEqual([versionQuery, release, hold, jobs, release])
  expect(error?.message).toBe(message)
})

test('refused where slurmctld holds nothing back', async () => {
  const { seen, error } = await begun({ commands: { [hold]: { exitCode: 1, stderr: 'Access denied' } } })
  expect(seen).toEqual([versionQuery, release, hold])
  expect(error?.message).toBe(`slurmctld does not hold pending jobs back: Access denied; ${anyway}`)
})

test('refused where there is no key', async () => {
  const { seen, error } = await begun({ pointer: 'elsewhere' })
  expect(seen).toEqual([])
  expect(error?.message).toBe(`there is no key in ${keys}: mount the share and make one, by apply`)
})

const inDoubt = `the next apply replaces the key all the same, unless ${rotation} is removed`
const failed = 'the key was not replaced: no space left'

test.each([
  [stop, 'failed', [stop, start], failed],
  [write, 'failed', [stop, write, start], failed],
  // Another front end began one meanwhile: its record stays.
  [write, 'stale', [stop, write, start], 'the key was not replaced: it has changed'],
  [write, 'never', [stop, write, start], inDoubt],
] as const)('pending jobs are let go where %j is %s', async (action, outcome, done, message) => {
  const { seen, error } = await begun({ outcomes: { [action]: outcome } })
  expect(seen).toEqual([versionQuery, release, hold, jobs, silent, forget, ...done, release])
  expect(error?.message).toBe(message)
})

test.each([
  ['failed', failed],
  ['never', inDoubt],
] as const)(
  'a slurmctld that does not start again is told of, where the record is written as %s',
  async (outcome, message) => {
    const { error } = await begun({ outcomes: { [write]: outcome, [start]: 'failed' } })
    expect(error?.message).toBe(`${message}; slurmctld is stopped until apply starts it: no space left`)
  },
)
