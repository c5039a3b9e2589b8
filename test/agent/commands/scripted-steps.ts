import type { Decision } from '../../../src/engine/decision.ts'
import type { Host } from '../../../src/engine/host.ts'
import { type AnyStep, anyStep, type Step } from '../../../src/engine/step.ts'

type Decide = (host: Host) => Decision | Promise<Decision>

function step(id: string, decide: Decide, { after = [] as readonly string[], deadlineMs = 60_000 } = {}) {
  const scripted: Step<undefined, Decision> = {
    id,
    title: id,
    after,
    deadlineMs: () => deadlineMs,
    observe: async (_config, host) => await decide(host),
    decide: (_config, seen) => seen,
  }
  return anyStep(scripted, undefined)
}

const good = step('hostname', () => ({ is: 'converged', because: 'frontend-server is 10.0.0.5' }))

/** Somebody else must move first, and never does. */
const waits = (deadlineMs: number) =>
  step('efs', () => ({ is: 'wait', code: 'EFS_PORT_CLOSED', for: '10.0.0.9:2049 is closed' }), { deadlineMs })

const writes = (path: string, after: readonly string[] = []): AnyStep =>
  step(
    path.slice(path.lastIndexOf('/') + 1),
    async (host) => {
      const was = await host.read(path)
      if (was === 'done\n') return { is: 'converged', because: 'written' }
      const write = { do: 'write', path, content: 'done\n', was, mode: 0o644, because: 'it is not there' } as const
      return { is: 'act', actions: [write] }
    },
    { after },
  )

/** Like dpkg: it may not be interrupted, and it takes its time, until /run/finish is there. */
const works = step('packages', async (host) => {
  if ((await host.read('/run/ended')) !== undefined) return { is: 'converged', because: 'installed' }
  const script = 'echo begun >/run/begun; until [ -e /run/finish ]; do sleep 0.1; done; echo ended >/run/ended'
  const argv = ['sh', '-c', script] as const
  return { is: 'act', actions: [{ do: 'exec', argv, uninterruptible: true, because: 'packages are missing' }] }
})

/** As on a dead share: nobody ever writes into the pipe, and each read holds a thread. */
const stuck = step('efs', async (host) => {
  await Promise.all(Array.from({ length: 8 }, () => host.read('/run/pipe')))
  return { is: 'converged', because: 'mounted' }
})

const warnings = [{ code: 'PACKAGE_FAILED', text: 'emacs: it has no installation candidate' }] as const

/** What the machine is like for the program under test, by the name in the environment variable STEPS. */
const machines: Readonly<Record<string, readonly AnyStep[]>> = {
  good: [good],
  degraded: [good, step('packages', () => ({ is: 'converged', because: 'all but one', warnings }))],
  refused: [
    good,
    step('data-volume', () => ({ is: 'refuse', code: 'DISK_IS_ROOT', because: 'it carries /', hint: 'correct it' })),
    step('nfs-export', () => ({ is: 'converged', because: 'exported' }), { after: ['data-volume'] }),
  ],
  late: [good, waits(300)],
  waiting: [good, waits(60_000)],
  stuck: [good, stuck],
  working: [works, step('munge', () => ({ is: 'converged', because: 'runs' }), { after: ['packages'] })],
  changes: [good, writes('/run/first'), writes('/run/second', ['first'])],
}

export function stepsOf(): readonly AnyStep[] {
  const steps = machines[process.env['STEPS'] ?? '']
  if (steps === undefined) throw new Error(`there are no steps for ${process.env['STEPS']}`)
  return steps
}

export const imageStepsOf = stepsOf
