import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ExecError, exec } from '../../../agent/host/exec.ts'
import { processIdentity } from '../../../agent/host/process-identity.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

const { signal } = new AbortController()

/** Where a program can be told to run only by a shell. */
const shell = (script: string, ...args: readonly string[]) => ['sh', '-c', script, 'sh', ...args] as const

describe('exec', () => {
  test('gives what the program printed, byte for byte', async () => {
    const executed = await exec(shell('echo out; echo err >&2'), { signal })
    expect(executed).toEqual({ exitCode: 0, stdout: 'out\n', stderr: 'err\n' })
  })

  test('an exit code that the caller names is an answer', async () => {
    expect(await exec(shell('exit 2'), { signal, ok: [0, 2] })).toEqual({ exitCode: 2, stdout: '', stderr: '' })
  })

  test('a program that is killed with its timeout(1) gives what a shell makes of that', async () => {
    const stubborn = shell('trap "" TERM; while :; do sleep 0.1; done')
    const limited = ['timeout', '--kill-after=0.1', '1', ...stubborn] as const
    expect(await exec(limited, { signal, ok: [0, 137] })).toMatchObject({ exitCode: 137 })
    await expect(exec(limited, { signal })).rejects.toThrow('ended by SIGKILL')
  })

  test('a program that does not end is given up when its time is up, without waiting for it', async () => {
    const begunAt = performance.now()
    const late = exec(shell('trap "" TERM; sleep 5; sleep 5'), { signal, withinMs: 500 })
    await expect(late).rejects.toThrow(/: no answer within 0\.5 s$/)
    // After 5 s it is killed, which one that the kernel keeps does not heed.
    expect(performance.now() - begunAt).toBeLessThan(4_000)
  })

  test.each([
    ['the last lines of what went wrong', 'seq 9 >&2; exit 3', 'ended with 3: 5\n6\n7\n8\n9'],
    ['what was printed, where nothing went to standard error', 'echo no; exit 3', 'ended with 3: no'],
    ['that there was nothing', 'exit 3', 'ended with 3: it said nothing'],
    ['the signal', 'kill -9 $$', 'ended by SIGKILL'],
  ])('an error says %s', async (_what, script, message) => {
    const error = await exec(shell(script), { signal }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ExecError)
    expect(error).toHaveProperty('message', expect.stringMatching(/^sh -c /))
    expect(error).toHaveProperty('message', expect.stringContaining(message))
  })

  test('a missing program is an error that names it', async () => {
    await expect(exec(['no-such-program', 'now'], { signal })).rejects.toThrow(
      'no-such-program now: spawn no-such-program ENOENT',
    )
  })

  test('passes arguments as they are', async () => {
    const hard = ['$HOME', '"; rm -rf /', '*', 'two  blanks', '']
    const { stdout } = await exec(['printf', '%s\n', ...hard], { signal })
    expect(stdout).toBe(`${hard.join('\n')}\n`)
  })

  test('standard input is empty, or the text given', async () => {
    expect((await exec(['cat'], { signal })).stdout).toBe('')
    expect((await exec(['cat'], { signal, input: 'a\nb' })).stdout).toBe('a\nb')
  })

  test('a program that does not read its input is no error', async () => {
    expect((await exec(['true'], { signal, input: 'x'.repeat(1_000_000) })).exitCode).toBe(0)
  })

  test('the language of the machine makes no difference', async () => {
    const env = { LANG: 'de_DE.UTF-8' }
    const { stdout } = await exec(shell('echo "$LC_ALL $LANGUAGE"; ls /nowhere 2>&1; true'), { signal, env })
    expect(stdout).toBe("C.UTF-8 C\nls: cannot access '/nowhere': No such file or directory\n")
  })

  test('finds what is in the sbin directories', async () => {
    const { stdout } = await exec(shell('echo "$PATH"'), { signal })
    expect(stdout.trim().split(':')).toEqual(expect.arrayContaining(['/usr/sbin', '/sbin']))
  })

  test('takes large output', async () => {
    const { stdout } = await exec(['seq', '1000000'], { signal })
    expect(stdout.length).toBe(6_888_896)
  })

  test('gives characters whole that came in parts', async () => {
    const parts = shell(String.raw`printf '\303'; sleep 0.1; printf '\244'`)
    expect((await exec(parts, { signal })).stdout).toBe('ä')
  })

  test.each([[['yes']], [['setsid', '--fork', 'yes']]] as const)('%j, which floods us, is ended', async (argv) => {
    const words = `${argv.join(' ')}: it has written more than 8388608 characters`
    await expect(exec(argv, { signal })).rejects.toThrow(words)
  })

  test('takes nothing for an answer that was cut short, even with exit code 0', async () => {
    const script = 'process.stdout.on("error", () => process.exit(0)); process.on("SIGTERM", () => process.exit(0)); '
    const flood = [process.execPath, '-e', `${script}process.stdout.write("x".repeat(2e7)); setTimeout(Boolean, 9e3)`]
    await expect(exec([flood[0] ?? '', ...flood.slice(1)], { signal })).rejects.toThrow('it has written more than')
    const graceful = shell('trap "exit 0" TERM; sleep 9 & wait')
    await expect(exec(graceful, { signal: AbortSignal.timeout(100) })).rejects.toThrow('aborted due to timeout')
  })
})

describe('an open file that is passed on', () => {
  const take = ['flock', '--exclusive', '--nonblock', '3'] as const
  const isFree = async (path: string) =>
    (await exec(['flock', '--nonblock', path, 'true'], { signal, ok: [0, 1] })).exitCode === 0

  test('has the lock that the program took on it, when that has ended, until it is closed', async () => {
    const path = join(await temporaryDirectory(), 'lock')
    const handle = await open(path, 'a+')
    expect(await exec(take, { signal, inherit: handle.fd })).toMatchObject({ exitCode: 0 })
    expect(await isFree(path)).toBe(false)
    await handle.close()
    expect(await isFree(path)).toBe(true)
  })

  test('keeps its lock for as long as a program that was given it runs', async () => {
    const path = join(await temporaryDirectory(), 'lock')
    const handle = await open(path, 'a+')
    await exec(take, { signal, inherit: handle.fd })
    const mkfs = exec(['sleep', '0.7'], { inherit: handle.fd })
    await sleep(200) // until it has been started
    await handle.close()
    expect(await isFree(path)).toBe(false)
    await mkfs
    expect(await isFree(path)).toBe(true)
  })

  test('is not given to programs that it is not meant for', async () => {
    const path = join(await temporaryDirectory(), 'lock')
    const handle = await open(path, 'a+')
    await exec(take, { signal, inherit: handle.fd })
    const other = exec(['sleep', '0.7'], {})
    await handle.close()
    expect(await isFree(path)).toBe(true)
    await other
  })
})

describe('an aborted signal', () => {
  test('ends the program, with its reason', async () => {
    const stop = new AbortController()
    const running = exec(['sleep', '60'], { signal: stop.signal })
    stop.abort(new Error('stopped by SIGTERM'))
    await expect(running).rejects.toThrow('sleep 60: stopped by SIGTERM')
  })

  test('ends what the program has started too', async () => {
    const directory = await temporaryDirectory()
    const file = join(directory, 'pid')
    const script = shell('sleep 60 & echo $! >"$1"; wait', file)
    await expect(exec(script, { signal: AbortSignal.timeout(300) })).rejects.toThrow('aborted')
    const pid = Number(await readFile(file, 'utf8'))
    // Its own end comes when it comes.
    await expect.poll(() => processIdentity(pid), { timeout: 10_000 }).toBeUndefined()
  })

  test('keeps a program from being run at all that was not begun', async () => {
    const file = join(await temporaryDirectory(), 'ran')
    await expect(exec(['touch', file], { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over')
    await expect(readFile(file)).rejects.toThrow('ENOENT')
  })
})

/** A process of ours that runs an uninterruptible child, which takes a second to say that it has ended. */
async function agentWithChild(directory: string) {
  const module = new URL('../../../agent/host/exec.ts', import.meta.url).href
  const child = `echo begun >${directory}/begun; i=0; while [ $i -lt 20 ]; do echo line; sleep 0.05; i=$((i+1)); done; echo ended >${directory}/ended`
  const program = `import { exec } from ${JSON.stringify(module)}
    process.on('SIGINT', () => {})
    console.log(JSON.stringify(await exec(['sh', '-c', ${JSON.stringify(child)}], {})))`
  const agent = spawn(process.execPath, ['--input-type=module', '--eval', program], { detached: true })
  let output = ''
  agent.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await appears(join(directory, 'begun'))
  return { agent, output: () => output }
}

async function appears(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text !== '') return text
    await sleep(20)
  }
}

describe('without a signal', () => {
  test('what the program prints does not matter to it, however much it is', async () => {
    const { exitCode, stdout, stderr } = await exec(shell('seq 3000000; echo whole >&2'), {})
    expect([exitCode, stdout.length, stdout.endsWith('3000000\n'), stderr]).toEqual([
      0,
      8 * 1024 * 1024,
      true,
      'whole\n',
    ])
  })

  test('a daemon that it leaves behind is not waited for', async () => {
    const startedAt = performance.now()
    const { stdout } = await exec(shell('sleep 5 & echo installed'), {})
    expect(stdout).toBe('installed\n')
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  test("Ctrl-C, which the terminal sends to the agent's process group, does not reach it", async () => {
    const directory = await temporaryDirectory()
    const { agent, output } = await agentWithChild(directory)
    process.kill(-(agent.pid ?? 0), 'SIGINT')
    expect(await once(agent, 'close')).toEqual([0, null])
    expect(JSON.parse(output())).toEqual({ exitCode: 0, stdout: 'line\n'.repeat(20), stderr: '' })
  })

  test('it outlives an agent that is killed', async () => {
    const directory = await temporaryDirectory()
    const { agent } = await agentWithChild(directory)
    agent.kill('SIGKILL')
    expect(await appears(join(directory, 'ended'))).toBe('ended\n')
  })
})
