import { readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Argv } from '../../src/engine/action.ts'
import { messageOf } from '../../src/engine/errors.ts'
import { exec } from './exec.ts'
import { logTail } from './log-tail.ts'
import { absentAs } from './replace-file.ts'

/** A program that asks a machine in trouble may hang with it. */
const answerMs = 30_000

const logLines = 5_000

/** What becomes a file of that name: a copy of a file of the machine, the end of a daemon's log, or what a program prints. */
export type Source =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly log: string }
  | { readonly name: string; readonly argv: Argv; readonly ok?: readonly number[] }

interface Rules {
  /** Never to be read, by where a path leads in the end. */
  readonly isKept: (realPath: string) => boolean
  /** What goes into the directory of a text. */
  readonly cleaned: (text: string) => string
}

/** Writes what can be had of it into the directory; says of the rest why not, a line each. */
export async function gather(
  sources: readonly Source[],
  directory: string,
  { isKept, cleaned }: Rules,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes = await Promise.all(
    sources.map(async (source) => {
      try {
        const text = await textOf(source, isKept, signal)
        await writeFile(join(directory, source.name), cleaned(text), { flag: 'wx', mode: 0o600 })
        return []
      } catch (error) {
        signal.throwIfAborted()
        return [`${source.name}: ${messageOf(error)}`]
      }
    }),
  )
  return notes.flat()
}

async function textOf(source: Source, isKept: Rules['isKept'], signal: AbortSignal): Promise<string> {
  if ('path' in source) return await fileText(source.path, isKept)
  if ('argv' in source) return await outputOf(source, signal)
  const text = await logTail(source.log, logLines)
  if (text === '') throw new Error(`${source.log} is empty, or not there`)
  return text
}

/** A link is followed, but not to what is kept back. */
async function fileText(path: string, isKept: (realPath: string) => boolean): Promise<string> {
  const target = await realpath(path).catch(absentAs(undefined))
  if (target === undefined) throw new Error(`${path} is not there`)
  if (isKept(target)) throw new Error(`${path} leads to ${target}, which is kept back`)
  if (!(await stat(target)).isFile()) throw new Error(`${path} is no file`)
  return await readFile(target, 'utf8')
}

async function outputOf({ argv, ok = [0] }: Extract<Source, { argv: unknown }>, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)])
  return (await exec(argv, { signal: limit, ok })).stdout
}
