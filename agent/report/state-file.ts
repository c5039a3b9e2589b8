import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processIdentity } from '../host/process-identity.ts'
import { absentAs, replaceFile } from '../host/replace-file.ts'
import { cutOff, type RunState } from './run-state.ts'

export const stateFile = '/var/lib/slurm-node-agent/state.json'

/** Events come in bursts: the file is written at most so often, and at the end. */
const leastPauseMs = 500

/**
 * Keeps the state file up to date. There is nothing secret in it: everybody may read it. That it cannot be written (a
 * full disk) does not end the run: it is tried again with the next event, and `end` throws when it failed to the last.
 */
export function stateWriter(path: string = stateFile): { show(run: RunState): void; end(): Promise<void> } {
  let latest: RunState | undefined
  let written: RunState | undefined
  let writing: Promise<void> | undefined
  let trouble: unknown
  const ending = new AbortController()

  async function write(): Promise<void> {
    while (latest !== undefined && written !== latest) {
      written = latest
      trouble = await writeState(path, latest).then(() => undefined, asError)
      await sleep(leastPauseMs, undefined, { signal: ending.signal }).catch(() => undefined)
    }
    writing = undefined
  }

  return {
    show(run) {
      latest = run
      writing ??= write()
    },
    async end() {
      ending.abort()
      await writing
      if (trouble !== undefined) throw new Error(`${path} could not be written`, { cause: trouble })
    },
  }
}

async function writeState(path: string, run: RunState): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await replaceFile(path, `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o644 })
}

function asError(error: unknown): unknown {
  return error
}

/** Then there was no run yet. */
export async function removeState(): Promise<void> {
  await rm(stateFile, { force: true })
}

/** The last run, or the running one; undefined when there was none yet. A file that cannot be read is an error. */
export async function readState(path: string = stateFile): Promise<RunState | undefined> {
  const seen = await readFileOnce(path)
  if (seen === undefined || !(await isCutOff(seen.run))) return seen?.run
  // Its process is gone, and may have written how it ended in between.
  const last = await readFileOnce(path)
  if (last === undefined || !(await isCutOff(last.run))) return last?.run
  return cutOff(last.run, last.writtenAt)
}

async function isCutOff({ outcome, pid, process }: RunState): Promise<boolean> {
  return outcome === 'running' && (await processIdentity(pid)) !== process
}

async function readFileOnce(path: string): Promise<{ run: RunState; writtenAt: Date } | undefined> {
  const handle = await open(path).catch(absentAs(undefined))
  if (handle === undefined) return undefined
  await using file: FileHandle = handle
  const [text, { mtime }] = await Promise.all([file.readFile('utf8'), file.stat()])
  return { run: parseState(path, text), writtenAt: mtime }
}

/** Only the agent writes the file, and whole: what is told apart here is damage, not every wrong shape. */
function parseState(path: string, text: string): RunState {
  try {
    const run: RunState = JSON.parse(text)
    if (Array.isArray(run.steps)) return run
    throw new Error('it has no steps')
  } catch (error) {
    throw new Error(`${path} is damaged; the next apply writes it anew`, { cause: error })
  }
}
