import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { lockHolder } from '../../../agent/host/lock-holder.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

/** A POSIX lock on the whole file, as apt takes it; perl wants the struct flock (64-bit Linux) packed by hand. */
const lockWhole = `open(F, "+<", $ARGV[0]) or die $!; my $lock = pack("s s x4 q q l x4", 1, 0, 0, 0, 0);
  fcntl(F, $ARGV[1], $lock) or die $!;`
const command = { F_SETLK: '6', F_SETLKW: '7' } as const
const noPerl = spawnSync('perl', ['-e', '1']).status === 0 ? undefined : 'perl is not there'
if (noPerl !== undefined) console.warn(`skipped: ${noPerl}`) // oxlint-disable-line no-console -- a skip that says why

function locker(path: string, how: keyof typeof command): ChildProcess {
  const child = spawn('perl', ['-e', `${lockWhole} syswrite(STDOUT, "locked"); sleep 60`, path, command[how]])
  onTestFinished(() => {
    child.kill()
  })
  return child
}

async function holding(path: string): Promise<ChildProcess> {
  const child = locker(path, 'F_SETLK')
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

async function lockFile(): Promise<string> {
  const path = join(await temporaryDirectory(), 'lock')
  await writeFile(path, '')
  return path
}

test('a file that is not there has no holder', async () => {
  expect(await lockHolder('/nowhere/lock')).toBeUndefined()
})

test('a file that nobody locks has none', async () => {
  expect(await lockHolder(await lockFile())).toBeUndefined()
})

describe.skipIf(noPerl !== undefined)('a file that is locked as apt and dpkg lock', () => {
  test('has its holder named, until that one ends', async () => {
    const path = await lockFile()
    const child = await holding(path)
    expect(await lockHolder(path)).toBe(`perl (pid ${child.pid})`)
    child.kill()
    await once(child, 'close')
    expect(await lockHolder(path)).toBeUndefined()
  })

  test('names the holder, not one that waits for it', async () => {
    const path = await lockFile()
    const holder = await holding(path)
    locker(path, 'F_SETLKW')
    await sleep(300)
    expect(await lockHolder(path)).toBe(`perl (pid ${holder.pid})`)
  })

  test('is not taken for another file in the same directory', async () => {
    const path = await lockFile()
    await writeFile(`${path}.other`, '')
    await holding(path)
    expect(await lockHolder(`${path}.other`)).toBeUndefined()
  })
})

test('a lock of another kind does not count', async () => {
  const path = await lockFile()
  const child = spawn('flock', [path, 'sh', '-c', 'echo locked; exec sleep 60'])
  onTestFinished(() => {
    child.kill()
  })
  await once(child.stdout, 'data')
  expect(await lockHolder(path)).toBeUndefined()
})
