import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type Look, waitFor } from './wait.ts'

/** QEMU's machine protocol: one JSON command a line, answered in order, with events in between. */
export interface Qmp {
  execute(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>
  close(): void
}

interface Answer {
  readonly return?: unknown
  readonly error?: { readonly desc: string }
  readonly event?: string
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null
}

async function open(path: string): Promise<Look<Socket>> {
  return await new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve({ found: socket }))
    socket.once('error', (error) => resolve({ missing: error.message }))
  })
}

export async function connectQmp(path: string, signal: AbortSignal): Promise<Qmp> {
  const socket = await waitFor('QEMU to open its monitor', { deadlineMs: 20_000, everyMs: 100, signal }, () =>
    open(path),
  )
  const waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void; command: string }[] = []
  socket.on('error', () => {}) // 'close' follows and tells the waiting
  socket.on('close', () => {
    for (const { reject, command } of waiting.splice(0)) reject(new Error(`QEMU ended before it answered ${command}`))
  })
  createInterface({ input: socket }).on('line', (line) => {
    const answer: unknown = JSON.parse(line)
    if (!isAnswer(answer) || answer.event !== undefined) return
    if (!('return' in answer) && answer.error === undefined) return // the greeting
    const first = waiting.shift()
    if (answer.error === undefined) first?.resolve(answer.return)
    else first?.reject(new Error(`QEMU refused ${first.command}: ${answer.error.desc}`))
  })
  const qmp: Qmp = {
    async execute(command, parameters = {}) {
      return await new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error(`QEMU is gone: ${command} cannot be sent`))
        waiting.push({ resolve, reject, command })
        socket.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`)
      })
    },
    close() {
      socket.destroy()
    },
  }
  await qmp.execute('qmp_capabilities')
  return qmp
}
