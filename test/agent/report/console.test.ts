import { expect, test } from 'vitest'
import { consoleLine, tellConsole, tellConsoleOfError } from '../../../agent/report/console.ts'
import type { Verdict } from '../../../agent/report/verdict.ts'
import { emptyNote } from './boot-note.ts'
import { logInMemory } from './logged-lines.ts'

const ready: Verdict = { is: 'ready' }
const refused: Verdict = {
  is: 'failed',
  step: 'data-volume',
  code: 'DISK_OTHER_FILE_SYSTEM',
  because: 'it holds xfs',
}
const degraded: Verdict = { is: 'degraded', step: 'packages', code: 'PACKAGE_FAILED', because: 'emacs: not there' }

test.each([
  ['slurm-node-agent: converged after 2m03s', ready],
  ['slurm-node-agent: degraded after 2m03s: packages PACKAGE_FAILED: emacs: not there', degraded],
  ['slurm-node-agent: failed: data-volume DISK_OTHER_FILE_SYSTEM: it holds xfs', refused],
])('the line is: %s', (line, verdict) => {
  expect(consoleLine(verdict, 123_000)).toBe(line)
})

test('the line is one line, with nothing in it that a terminal would obey', () => {
  const because = 'E: \u001B[31mno\u001B[0m\r\npackage\u2028at \u202Eall\u0000'
  const line = consoleLine({ ...refused, because }, 0)
  expect(line).toBe('slurm-node-agent: failed: data-volume DISK_OTHER_FILE_SYSTEM: E: [31mno [0m package at all ')
})

test('the line has 300 letters at most', () => {
  const line = consoleLine({ ...refused, because: 'x'.repeat(1_000) }, 0)
  expect(line).toHaveLength(300)
  expect(line.endsWith('x…')).toBe(true)
})

test('the first verdict of a boot is told, and each that is another one', async () => {
  const { log, lines } = logInMemory()
  const told: string[] = []
  const machine = { note: emptyNote(), write: async (line: string) => void told.push(line) }
  const other: Verdict = { ...refused, because: 'it holds xfs, still' }
  for (const verdict of [refused, other, ready, ready, refused]) await tellConsole(log, verdict, 0, machine)
  expect(told).toEqual([
    'slurm-node-agent: failed: data-volume DISK_OTHER_FILE_SYSTEM: it holds xfs',
    'slurm-node-agent: converged after 0.0s',
    'slurm-node-agent: failed: data-volume DISK_OTHER_FILE_SYSTEM: it holds xfs',
  ])
  expect(lines).toEqual([])
})

test('a console that takes nothing fails nothing, and is told of once', async () => {
  const { log, lines } = logInMemory()
  const machine = { note: emptyNote(), write: () => Promise.reject(new Error('EAGAIN')) }
  for (const verdict of [ready, ready]) await tellConsole(log, verdict, 0, machine)
  expect(lines).toEqual([{ level: 40, reason: 'EAGAIN', msg: 'console-not-written' }])
})

test('a console that does not answer is not waited for', async () => {
  const { log, lines } = logInMemory()
  await tellConsole(log, ready, 0, { note: emptyNote(), write: () => new Promise(() => undefined) })
  expect(lines).toEqual([{ level: 40, reason: 'not done within 2 s', msg: 'console-not-written' }])
})

test('of a run that did not begin it is told once, in one line, and no console is no trouble', async () => {
  const told: string[] = []
  const machine = { note: emptyNote(), write: async (line: string) => void told.push(line) }
  for (const message of ['config.json has 1 problem:\n  role: missing', 'config.json has 1 problem:\n  role: missing'])
    await tellConsoleOfError(message, machine)
  expect(told).toEqual(['slurm-node-agent: failed: config.json has 1 problem: role: missing'])
  await tellConsoleOfError('x', { note: emptyNote(), write: () => Promise.reject(new Error('EAGAIN')) })
})
