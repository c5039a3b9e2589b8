import { expect, test, vi } from 'vitest'
import { statusTag, tagError } from '../../../agent/report/status-tag.ts'
import type { Verdict } from '../../../agent/report/verdict.ts'
import type { Answer } from '../../../src/engine/host.ts'
import { signal } from '../../fake-host.ts'
import { emptyNote } from './boot-note.ts'
import { logInMemory } from './logged-lines.ts'

const ready: Verdict = { is: 'ready' }
const degraded: Verdict = { is: 'degraded', step: 'packages', code: 'PACKAGE_FAILED', because: 'emacs: not there' }
const failed: Verdict = { is: 'failed', step: 'efs', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 is closed' }
const done: Answer<true> = { is: 'known', value: true }
const denied: Answer<true> = { is: 'denied', because: 'You are not authorized to perform this operation.' }

/** An instance since its boot, and EC2, which answers so. */
function instance(answer: () => Promise<Answer<true>> = async () => done) {
  const calls: string[] = []
  const asked: string[] = []
  const machine = {
    note: emptyNote(),
    metadata: async (path: string) => {
      asked.push(path)
      return 'i-0123456789abcdef0\n'
    },
    tagInstance: async (id: string, { key, value }: { key: string; value: string }) => {
      calls.push(`${id} ${key}=${value}`)
      return await answer()
    },
  }
  const { log, lines } = logInMemory()
  return {
    calls,
    asked,
    lines,
    /** The values of the tag, one after the other. */
    values: () => calls.map((call) => call.split('=')[1]),
    run: (verdict: Verdict | undefined, stop = signal) => statusTag(log, stop, machine).end(verdict),
    runWithBadConfig: (stop = signal) => tagError('CONFIG_BAD', stop, machine),
  }
}

test('the first run of a boot tells that it begins, and how it ended', async () => {
  const { run, calls, lines } = instance()
  await run(ready)
  expect(calls).toEqual([
    'i-0123456789abcdef0 slurm-node-agent:status=converging',
    'i-0123456789abcdef0 slurm-node-agent:status=ready',
  ])
  expect(lines).toEqual([])
})

test.each([
  ['ready', ready],
  ['degraded PACKAGE_FAILED', degraded],
])('an instance that stays %s asks nobody', async (value, verdict) => {
  const { run, values, asked } = instance()
  for (const each of [verdict, verdict, verdict]) await run(each)
  expect(values()).toEqual(['converging', value])
  expect(asked).toHaveLength(2)
})

test('a run after one that failed tells that it begins; one that fails after one that did not, only that', async () => {
  const { run, values } = instance()
  for (const verdict of [failed, ready, failed, failed]) await run(verdict)
  expect(values()).toEqual([
    'converging',
    'failed EFS_PORT_CLOSED',
    'converging',
    'ready',
    'failed EFS_PORT_CLOSED',
    'converging',
    'failed EFS_PORT_CLOSED',
  ])
})

test('a run that was stopped leaves it at that it is converging, and the next goes on from there', async () => {
  const { run, values } = instance()
  for (const verdict of [undefined, ready]) await run(verdict)
  expect(values()).toEqual(['converging', 'ready'])
})

test('that EC2 refuses fails nothing, and is told of once a run', async () => {
  const { run, values, lines } = instance(async () => denied)
  const warning = { level: 40, action: 'ec2:CreateTags', reason: denied.because, msg: 'status-tag-not-written' }
  await run(ready)
  expect(lines).toEqual([warning])
  await run(ready)
  expect(lines).toEqual([warning, warning])
  expect(values()).toEqual(['converging', 'ready', 'converging', 'ready'])
})

test('an answer that was lost leaves it open which value EC2 has: the next run writes it again', async () => {
  const answers = [done, done]
  const { run, values } = instance(async () => {
    const answer = answers.shift()
    if (answer === undefined) throw new Error('socket hang up')
    return answer
  })
  for (const verdict of [ready, failed]) await run(verdict)
  answers.push(done, done)
  await run(ready)
  expect(values()).toEqual(['converging', 'ready', 'failed EFS_PORT_CLOSED', 'converging', 'ready'])
})

test('EC2 that does not answer holds a run up for a few seconds, not for each call', async () => {
  const { run, values, lines } = instance(() => new Promise(() => undefined))
  const startedAt = performance.now()
  await run(ready)
  expect(performance.now() - startedAt).toBeLessThan(6_000)
  expect(values()).toEqual(['converging', 'ready'])
  expect(lines).toMatchObject([{ reason: 'not done within 4 s' }])
})

test('a run that is stopped waits for nothing, and warns of nothing', async () => {
  const stop = new AbortController()
  const { run, lines } = instance(() => new Promise(() => undefined))
  const ended = run(undefined, stop.signal)
  stop.abort(new Error('stopped by SIGTERM'))
  await ended
  expect(lines).toEqual([])
})

test('of a run that did not begin it is told once, until another one begins', async () => {
  const { run, runWithBadConfig, values } = instance()
  await run(ready)
  for (let times = 0; times < 2; times++) await runWithBadConfig()
  await run(ready)
  expect(values()).toEqual(['converging', 'ready', 'failed CONFIG_BAD', 'converging', 'ready'])
})

test('that a run did not begin, EC2 may refuse to be told, or not answer: neither is an error', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await instance(async () => denied).runWithBadConfig()
  await instance(() => new Promise(() => undefined)).runWithBadConfig()
  await instance(async () => denied).runWithBadConfig(AbortSignal.abort())
  expect(said.mock.calls.map(([words]) => words)).toEqual([
    `slurm-node-agent: the tag was not written: ${denied.because}\n`,
    'slurm-node-agent: the tag was not written: not done within 12 s\n',
  ])
  said.mockRestore()
})
