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

/** Everything that is needed to understand a failure without running it again. */
export async function reportFailure(error: unknown, lab: Lab | undefined): Promise<void> {
  print('')
  print(error instanceof Error ? (error.stack ?? error.message) : String(error))
  for (let cause = error instanceof Error ? error.cause : undefined; cause instanceof Error; cause = cause.cause) {
    print(`caused by: ${cause.stack ?? cause.message}`)
  }
  for (const { guest } of lab?.launched ?? []) await reportGuest(guest)
}

async function reportGuest(guest: Guest): Promise<void> {
  for (const { title, argv } of QUESTIONS) {
    print(`--- ${guest.instance.instanceId}: ${title}`)
    try {
      const { stdout, stderr } = await guest.run(argv, { ok: 'any', deadlineMs: ANSWER_DEADLINE_MS })
      print(stdout || stderr)
    } catch (error) {
      print(`(no answer: ${error instanceof Error ? error.message : String(error)})`)
    }
  }
  print(`--- ${guest.instance.instanceId}: end of the serial console`)
  print(await guest.consoleTail(40))
}
