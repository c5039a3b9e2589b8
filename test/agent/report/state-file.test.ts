import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { processIdentity } from '../../../agent/host/process-identity.ts'
import type { RunState } from '../../../agent/report/run-state.ts'
import { readState, stateWriter } from '../../../agent/report/state-file.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

async function run(more: Partial<RunState> = {}): Promise<RunState> {
  return {
    runId: 'r1',
    command: 'apply',
    version: '0.1.0',
    pid: process.pid,
    process: (await processIdentity(process.pid)) ?? '',
    startedAt: '2026-11-23T12:00:00.000Z',
    outcome: 'running',
    steps: [{ id: 'efs', title: 'EFS', state: 'waiting', attempts: 0, actions: 0 }],
    ...more,
  }
}

describe('the state file', () => {
  test('holds the last of what was shown when it has ended, for everybody to read', async () => {
    const directory = await temporaryDirectory()
    const path = join(directory, 'new/state.json')
    const writer = stateWriter(path)
    for (let attempts = 0; attempts < 100; attempts++) {
      writer.show({ ...(await run()), steps: [{ id: 'efs', title: 'EFS', state: 'running', attempts, actions: 0 }] })
    }
    await writer.end()
    expect((await readState(path))?.steps[0]?.attempts).toBe(99)
    expect((await stat(path)).mode & 0o777).toBe(0o644)
    expect(await readdir(join(directory, 'new'))).toEqual(['state.json'])
  })

  test('is whole whenever it is read, and follows soon', async () => {
    const path = join(await temporaryDirectory(), 'state.json')
    const writer = stateWriter(path)
    const big = { ...(await run()), version: 'v'.repeat(1e6) }
    const stop = AbortSignal.timeout(3_000)
    const seen = new Set<string>()
    for (let round = 0; !stop.aborted; round++) {
      writer.show({ ...big, runId: String(round) })
      const state = await readState(path)
      if (state !== undefined) seen.add(state.runId)
      await sleep(1)
    }
    await writer.end()
    expect(seen.size).toBeGreaterThan(2)
    expect(seen.size).toBeLessThan(9) // not written at each event
  })

  test('that cannot be written does not end the run, and is made good when it can', async () => {
    const path = join(await temporaryDirectory(), 'state.json')
    await mkdir(path) // stands for a full disk: nothing can be renamed over a directory
    const writer = stateWriter(path)
    writer.show(await run({ runId: 'r1' }))
    await sleep(300)
    await rmdir(path)
    writer.show(await run({ runId: 'r2' }))
    await writer.end()
    expect((await readState(path))?.runId).toBe('r2')
  })

  test('that could not be written to the last is an error at the end', async () => {
    const path = join(await temporaryDirectory(), 'state.json')
    await mkdir(path)
    const writer = stateWriter(path)
    writer.show(await run())
    await expect(writer.end()).rejects.toThrow(`${path} could not be written`)
  })
})

describe('reading it', () => {
  const written = async (text: string) => {
    const path = join(await temporaryDirectory(), 'state.json')
    await writeFile(path, text)
    return path
  }

  test('there may have been no run yet', async () => {
    expect(await readState('/nowhere/state.json')).toBeUndefined()
  })

  test.each([
    ['half of it', '{"runId": "r1", "ste'],
    ['nothing', ''],
    ['other JSON', 'null'],
    ['JSON of another shape', '{"runId": "r1"}'],
  ])('that it holds %s is an error with the next act', async (_what, text) => {
    const path = await written(text)
    await expect(readState(path)).rejects.toThrow(`${path} is damaged; the next apply writes it anew`)
  })

  test('a run whose process lives is running', async () => {
    const state = await run()
    expect(await readState(await written(JSON.stringify(state)))).toEqual(state)
  })

  test('a run that is over stays as it ended, whoever has its process number now', async () => {
    const state = await run({ outcome: 'failed', pid: 1, process: 'another boot' })
    expect(await readState(await written(JSON.stringify(state)))).toEqual(state)
  })

  test('a run whose process died is interrupted, at the time of its last word', async () => {
    const child = spawn('true')
    await once(child, 'close')
    const path = await written(JSON.stringify(await run({ pid: child.pid ?? 0, process: 'this boot' })))
    await utimes(path, new Date(0), new Date(Date.UTC(2026, 10, 23, 12, 1)))
    expect(await readState(path)).toMatchObject({
      outcome: 'interrupted',
      endedAt: '2026-11-23T12:01:00.000Z',
      steps: [{ id: 'efs', state: 'interrupted', endedAt: '2026-11-23T12:01:00.000Z' }],
    })
  })

  test('a process of another run that got the same number is not taken for it', async () => {
    const path = await written(JSON.stringify(await run({ process: `another-boot ${process.pid} 1` })))
    expect((await readState(path))?.outcome).toBe('interrupted')
    expect(JSON.parse(await readFile(path, 'utf8'))).toHaveProperty('outcome', 'running')
  })
})

test('a run that ended while it was looked at is not taken for one that was cut off', async () => {
  const path = join(await temporaryDirectory(), 'state.json')
  spawnSync('mkfifo', [path]) // gives each reader what it is told next
  const state = readState(path)
  await writeFile(path, JSON.stringify(await run({ process: 'one that is gone' })))
  await sleep(200)
  await writeFile(path, JSON.stringify(await run({ process: 'one that is gone', outcome: 'converged' })))
  expect((await state)?.outcome).toBe('converged')
})
