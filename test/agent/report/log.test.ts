import { readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../agent/report/run-state.ts'
import { noThrowAwayRoot, throwAwayRoot } from '../throw-away-root.ts'

const module = new URL('../../../agent/report/log.ts', import.meta.url).href
const program = (events: readonly RunEvent[], toStdout: boolean) => `
  import { logEvent, openLog } from ${JSON.stringify(module)}
  const log = openLog('r1', ${toStdout})
  for (const event of ${JSON.stringify(events)}) logEvent(log, event)
  console.error('alive')`

const efs = { step: 'efs', durationMs: 7 } as const
const events = [
  {
    event: 'run-started',
    runId: 'r1',
    command: 'apply',
    version: '0.1.0',
    pid: 42,
    process: 'boot 42 7',
    steps: [{ id: 'efs', title: 'EFS', after: [] }],
  },
  { ...efs, event: 'action-ended', action: 'mount', outcome: 'failed', reason: 'no' },
  { event: 'step-retrying', step: 'efs', code: 'ACTION_FAILED', reason: 'no', delayMs: 5 },
  { ...efs, event: 'step-ended', result: { is: 'failed', code: 'EFS_PORT_CLOSED', because: 'closed' } },
  { event: 'run-ended', outcome: 'failed', peakMemoryBytes: 4096 },
] as const satisfies readonly RunEvent[]

const node = (source: string) => [process.execPath, '--input-type=module', '--eval', source]

describe.skipIf(noThrowAwayRoot !== undefined)('the log', () => {
  test('is a JSON line an event, in the file and on standard output: fixed words with fields', async () => {
    const root = await throwAwayRoot(['/var/log'])
    const { stdout } = await root.start(node(program(events, true)))
    const file = root.at('/var/log/slurm-node-agent/agent.jsonl')
    expect(`${stdout}\n`).toBe(await readFile(file, 'utf8'))
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(stdout.split('\n').map((line) => JSON.parse(line))).toEqual([
      { level: 'info', time, ...events[0] },
      { level: 'warn', time, runId: 'r1', ...events[1] },
      { level: 'warn', time, runId: 'r1', ...events[2] },
      { level: 'error', time, runId: 'r1', ...events[3] },
      { level: 'error', time, runId: 'r1', ...events[4] },
    ])
    for (const line of stdout.split('\n')) expect(line.match(/"runId"/g)).toHaveLength(1)
    expect((await stat(file)).mode & 0o777).toBe(0o640)
  })

  test('is in the file alone where a terminal shows the run', async () => {
    const root = await throwAwayRoot(['/var/log'])
    const { stdout } = await root.start(node(program(events, false)))
    expect(stdout).toBe('')
    expect(await readFile(root.at('/var/log/slurm-node-agent/agent.jsonl'), 'utf8')).toMatch(/^(\{.*\}\n){5}$/)
  })

  test('is on standard output alone where the file cannot be made: that is told, and ends no run', async () => {
    const root = await throwAwayRoot(['/var/log'])
    await writeFile(root.at('/var/log/slurm-node-agent'), '')
    const { stdout, stderr } = await root.start(node(program(events, true)))
    expect(stdout.split('\n')).toHaveLength(events.length)
    expect(stderr).toMatch(/^\/var\/log\/slurm-node-agent\/agent\.jsonl cannot be written: .*\nalive$/)
  })

  test('goes on with the next run', async () => {
    const root = await throwAwayRoot(['/var/log'])
    await root.start(node(program(events, false)))
    await root.start(node(program(events, false)))
    expect(await readFile(root.at('/var/log/slurm-node-agent/agent.jsonl'), 'utf8')).toMatch(/^(\{.*\}\n){10}$/)
  })

  test('that is over 10 MiB is put aside, in place of the one before', async () => {
    const root = await throwAwayRoot(['/var/log'])
    const file = root.at('/var/log/slurm-node-agent/agent.jsonl')
    await root.start(node(program(events, false)))
    await writeFile(`${file}.1`, 'the one before')
    await truncate(file, 10 * 1024 * 1024 + 1)
    await root.start(node(program(events, false)))
    expect(await readFile(file, 'utf8')).toMatch(/^(\{.*\}\n){5}$/)
    expect((await stat(`${file}.1`)).size).toBe(10 * 1024 * 1024 + 1)
  })

  test.each([
    [
      'on a full disk',
      'mount -t tmpfs -o size=4k none /var/log; mkdir /var/log/slurm-node-agent; head -c 9999 /dev/zero >/var/log/slurm-node-agent/agent.jsonl; "$@"',
    ],
    ['when its reader is gone', '"$@" | true'],
  ])('costs no run, %s', async (_where, script) => {
    const root = await throwAwayRoot(['/var/log'])
    const { stderr } = await root.start(['sh', '-c', script, 'sh', ...node(program([...events, ...events], true))])
    expect(stderr).toMatch(/alive$/)
  })
})
