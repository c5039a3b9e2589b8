import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

interface Compiled {
  readonly script: Script
  /** Keeps the code of the functions that were called until now, unless it was kept before. Never throws. */
  readonly keep: () => void
}

/**
 * A program with the code that V8 made of it in an earlier run, if it is in that file. Node's own compile cache has only
 * what is compiled as a program is loaded, so that each function would be compiled in each run, at its first call.
 */
export function compile(text: string, path: string | undefined): Compiled {
  const cachedData = path === undefined ? undefined : read(path, text)
  const script = new Script(text, { filename: 'slurm-node-agent.js', ...(cachedData && { cachedData }) })
  const isKept = cachedData !== undefined && script.cachedDataRejected === false
  return {
    script,
    keep: () => {
      try {
        if (path !== undefined && !isKept) write(path, text, script.createCachedData())
      } catch {
        // a disk that is full or read-only costs the next run its time, and no more
      }
    },
  }
}

const sumBytes = 4

/** Undefined where it is not there, or not whole, or of another program or Node. */
function read(path: string, text: string): Buffer | undefined {
  try {
    const file = readFileSync(path)
    const code = file.subarray(0, -sumBytes)
    return sumOf(code, text).equals(file.subarray(-sumBytes)) ? code : undefined
  } catch {
    return undefined // there is none, most of all
  }
}

/** In place: who reads half of it sees that by the sum. */
function write(path: string, text: string, code: Buffer): void {
  try {
    writeFileSync(path, Buffer.concat([code, sumOf(code, text)]))
  } catch (error) {
    rmSync(path, { force: true }) // the rest of a full disk is for others
    throw error
  }
}

/** V8 sees that code is of another V8, or of a text of another length. It believes what is damaged, and can die of it. */
function sumOf(code: Buffer, text: string): Buffer {
  const sum = Buffer.alloc(sumBytes)
  sum.writeUInt32LE(crc32(code, crc32(text, crc32(process.version + process.arch))))
  return sum
}
