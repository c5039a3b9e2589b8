import { messageOf } from '../../src/engine/errors.ts'
import { describe, readStatus } from './agent-status.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import { print } from './print.ts'

const QUESTIONS = [
  { title: 'status --json', argv: ['/usr/local/bin/slurm-node-agent', 'status', '--json'] },
  {
    title: 'journal of the unit',
    argv: ['journalctl', '-u', 'slurm-node-agent', '-n', '60', '--no-pager', '-o', 'cat'],
  },
  {
    title: "ends of Slurm's logs",
    argv: ['find', '/var/log/slurm', '-name', '*.log', '-exec', 'tail', '-n', '40', '{}', '+'],
  },
  { title: 'end of cloud-init-output.log', argv: ['tail', '-n', '30', '/var/log/cloud-init-output.log'] },
] as const

const ANSWER_DEADLINE_MS = 30_000

/**
 * Prints everything that is needed to understand a failure without running it again. Returns the gist of it in few lines,
 * for who has the end of a log alone: what it was, what a command that failed had to say, and how far each agent was.
 */
export async function reportFailure(error: unknown, lab: Lab | undefined): Promise<string> {
  print('')
  print(error instanceof Error ? (error.stack ?? error.message) : String(error))
  for (let cause = error instanceof Error ? error.cause : undefined; cause instanceof Error; cause = cause.cause) {
    print(`caused by: ${cause.stack ?? cause.message}`)
  }
  const gist = messageOf(error).split('\n').slice(0, 10)
  for (const { guest } of lab?.launched ?? []) {
    gist.push(`${guest.instance.instanceId}: ${await standOf(guest)}`)
    await reportGuest(guest)
  }
  return gist.map((line) => line.slice(0, 300)).join('\n')
}

async function standOf(guest: Guest): Promise<string> {
  if (!guest.isOn()) return 'switched off'
  try {
    const status = await readStatus(guest)
    return status === undefined ? 'no run of the agent yet' : describe(status)
  } catch (error) {
    return `no answer (${messageOf(error)})`
  }
}

async function reportGuest(guest: Guest): Promise<void> {
  for (const { title, argv } of QUESTIONS) {
    print(`--- ${guest.instance.instanceId}: ${title}`)
    try {
      const { stdout, stderr } = await guest.run(argv, { ok: 'any', deadlineMs: ANSWER_DEADLINE_MS })
      print(stdout || stderr)
    } catch (error) {
      print(`(no answer: ${messageOf(error)})`)
    }
  }
  print(`--- ${guest.instance.instanceId}: end of the serial console`)
  print(await guest.consoleTail(40))
}
