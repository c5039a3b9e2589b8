import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import type { RunState, StepState } from '../../../agent/report/run-state.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { step } from './step-state.ts'

const done = { endedAt: '2026-11-23T12:00:00.000Z' }

const run = (outcome: RunState['outcome'], ...steps: readonly StepState[]): RunState => ({
  runId: 'r1',
  command: 'apply',
  version: '0.1.0',
  pid: 42,
  process: 'boot 42 7',
  startedAt: '2026-11-23T12:00:00.000Z',
  outcome,
  steps,
})

/** The notifier of a process that systemd started, or of one that it did not. */
async function notifierWith(environment: Readonly<Record<string, string | undefined>>) {
  vi.resetModules() // the environment of children is made when the module is loaded
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  return await import('../../../agent/report/notify.ts').finally(() => undefined)
}

test.each([
  ['0/0 running', run('running')],
  [
    '1/4 packages: apt-get update; efs: EFS_PORT_CLOSED',
    run(
      'running',
      step('hostname', 'converged', done),
      step('packages', 'running', { reason: 'apt-get update' }),
      step('efs', 'waiting', { code: 'EFS_PORT_CLOSED', reason: '10.0.0.9:2049 is closed' }),
      step('munge', 'pending'),
    ),
  ],
  ['1/1 converged', run('converged', step('hostname', 'converged', done))],
])('the line is: %s', async (line, state) => {
  const { statusLine } = await notifierWith({})
  expect(statusLine(state)).toBe(line)
})

/** A notifier whose systemd-notify writes down what it is told, and then does what `more` says. */
async function toldBy(more: string) {
  const directory = await temporaryDirectory()
  const told = join(directory, 'told')
  const program = join(directory, 'systemd-notify')
  await writeFile(program, `#!/bin/sh\nsleep 0.1\necho "$@" >>${told}\n${more}\n`)
  await chmod(program, 0o755)
  return { told, ...(await notifierWith({ NOTIFY_SOCKET: '/run/x', PATH: `${directory}:${process.env['PATH']}` })) }
}

afterEach(() => void vi.unstubAllEnvs())

test('systemd is told the latest, and at the end the last', async () => {
  const { told, notifier } = await toldBy('')
  const systemd = notifier()
  const reasons = ['first', ...Array.from({ length: 50 }, (_, index) => String(index)), 'last']
  for (const reason of reasons) systemd.show(run('running', step('efs', 'running', { reason })))
  await systemd.end()
  expect(await readFile(told, 'utf8')).toBe('--status=0/1 efs: first\n--status=0/1 efs: last\n')
})

test('a line that did not arrive is told again', async () => {
  const { told, notifier } = await toldBy('test "$(wc -l <"${0%/*}/told")" -gt 1')
  const systemd = notifier()
  systemd.show(run('running'))
  const twice = '--status=0/0 running\n--status=0/0 running\n'
  await vi.waitFor(async () => expect(await readFile(told, 'utf8')).toBe(twice), { timeout: 10_000 })
  await systemd.end()
  expect(await readFile(told, 'utf8')).toBe(twice)
})

test('a line that stays the same is told once, and the next one after it', async () => {
  const { told, notifier } = await toldBy('')
  const systemd = notifier()
  systemd.show(run('running'))
  await vi.waitFor(async () => expect(await readFile(told, 'utf8')).toBe('--status=0/0 running\n'), { timeout: 10_000 })
  await sleep(1_100) // the pause after it
  systemd.show(run('running'))
  systemd.show(run('converged'))
  await systemd.end()
  expect(await readFile(told, 'utf8')).toBe('--status=0/0 running\n--status=0/0 converged\n')
})

test('that systemd-notify is missing or fails ends no run', async () => {
  const { notifier } = await notifierWith({ NOTIFY_SOCKET: '/run/x', PATH: '/nowhere' })
  const systemd = notifier()
  systemd.show(run('running'))
  await expect(systemd.end()).resolves.toBeUndefined()
})

test('nobody is told where systemd did not start us', async () => {
  const { notifier } = await notifierWith({ NOTIFY_SOCKET: undefined, PATH: '/nowhere' })
  const systemd = notifier()
  systemd.show(run('running'))
  await expect(systemd.end()).resolves.toBeUndefined()
})
