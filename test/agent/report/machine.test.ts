import { expect, test } from 'vitest'
import { logMachine } from '../../../agent/report/machine.ts'
import { logInMemory } from './logged-lines.ts'

const machine = { os: 'Debian 13', kernel: '6.12.0', architecture: 'x64', memoryBytes: 8, availableBytes: 4 }
const { signal } = new AbortController()

async function logged(describe: () => Promise<typeof machine>): Promise<readonly unknown[]> {
  const { log, lines } = logInMemory()
  await logMachine(log, signal, describe)
  return lines
}

test('a machine that can be described is', async () => {
  expect(await logged(async () => machine)).toEqual([{ level: 30, ...machine, msg: 'machine-described' }])
})

test('one that cannot fails nothing, and the log says why', async () => {
  const describe = () => Promise.reject(new Error('no /proc'))
  expect(await logged(describe)).toEqual([{ level: 40, reason: 'no /proc', msg: 'machine-not-described' }])
})

test('one that does not answer is not waited for', async () => {
  const startedAt = performance.now()
  const lines = await logged(() => new Promise(() => undefined))
  expect(lines).toEqual([{ level: 40, reason: 'not done within 5 s', msg: 'machine-not-described' }])
  expect(performance.now() - startedAt).toBeLessThan(8_000)
})
