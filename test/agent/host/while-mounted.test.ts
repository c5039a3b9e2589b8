import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Action } from '../../../src/engine/action.ts'
import { noThrowAwayRoot, throwAwayRoot } from '../throw-away-root.ts'

const because = 'the test needs it'
const share = '/srv/work'
const pipe = `${share}/slurm/pipe`
const module = new URL('../../../agent/host/perform.ts', import.meta.url).href
const start = `import { perform } from ${JSON.stringify(module)}
  const outcome = perform(JSON.parse(process.argv[1]), new AbortController().signal)`
const end = `const { is, because } = await outcome
  console.log(is, because ?? '')`

/** Reads the pipe of a share that is unmounted before the answer comes. */
const hanging = `import { execFileSync } from 'node:child_process'
  import { open, readdir, readlink } from 'node:fs/promises'
  import { setTimeout } from 'node:timers/promises'
  const writer = await open('${pipe}', 'r+')
  ${start}
  const opened = async () => {
    const links = (await readdir('/proc/self/fd')).map((fd) => readlink('/proc/self/fd/' + fd).catch(() => ''))
    return (await Promise.all(links)).filter((path) => path === '${pipe}').length
  }
  while ((await opened()) < 2) await setTimeout(10)
  execFileSync('umount', ['--lazy', '${share}'])
  await writer.close()
  ${end}`

/** What is printed of the outcome, and then of what the mount point holds. */
async function afterwards(program: string, action: Action, ...preparation: readonly string[]) {
  const root = await throwAwayRoot(['/srv'])
  const script = [`mkdir ${share}`, ...preparation, `"$@"`].join(' && ')
  const run = ['sh', '-c', `${script}; find ${share}`, 'sh', process.execPath, '--input-type=module', '--eval']
  return (await root.start([...run, program, JSON.stringify(action)])).stdout.split('\n')
}

const mounted = `mount -t tmpfs share ${share}`

describe.skipIf(noThrowAwayRoot !== undefined)('a share that is unmounted while an action reads it', () => {
  const common = { mode: 0o600, whileMounted: share, because } as const
  const sha256 = createHash('sha256').digest('hex')
  const owner = { user: 'root', group: 'root' }
  const write: Action = { do: 'write', path: pipe, content: 'new\n', was: '', ...common }
  const copy: Action = { do: 'copy-secret', from: pipe, to: `${share}/slurm/key`, sha256, owner, ...common }
  const withPipe = [mounted, `mkdir ${share}/slurm`, `mkfifo ${pipe}`]

  test('has nothing made on the bare directory', async () => {
    expect(await afterwards(hanging, write, ...withPipe)).toEqual([`stale ${share} is no longer mounted`, share])
  })

  test.each([write, copy])('has nothing left in a directory of the same name there: $do', async (action) => {
    const seen = await afterwards(hanging, action, `mkdir ${share}/slurm`, ...withPipe)
    expect(seen).toEqual([`stale ${share} is no longer mounted`, share, `${share}/slurm`])
  })
})
