import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { processIdentity } from '../../../agent/host/process-identity.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

test('a process keeps its name', async () => {
  const name = await processIdentity(process.pid)
  expect(name).toMatch(new RegExp(`^[0-9a-f-]{36} ${process.pid} \\d+$`))
  expect(await processIdentity(process.pid)).toBe(name)
})

test('a program whose name looks like fields of proc_pid_stat(5) does not mislead', async () => {
  const program = join(await temporaryDirectory(), 'a) Z 1')
  await copyFile('/bin/sleep', program)
  const child = spawn(program, ['60'])
  await once(child, 'spawn')
  expect(await processIdentity(child.pid ?? 0)).toMatch(new RegExp(` ${child.pid} \\d+$`))
  child.kill()
})

test('a process that has ended has none', async () => {
  const child = spawn('true')
  await once(child, 'close')
  expect(await processIdentity(child.pid ?? 0)).toBeUndefined()
})

test('neither has one that is dead, and whose parent has not asked for its end', async () => {
  // The shell that would ask is replaced by sleep, which never does.
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'])
  const [pid] = await once(parent.stdout, 'data')
  await expect.poll(() => processIdentity(Number(pid))).toBeUndefined()
  parent.kill()
})
