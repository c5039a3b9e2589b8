import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { JobConfig } from '../config/job-schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { shareOf } from './share.ts'

const localKey = '/etc/munge/munge.key'
const suffix = '.munge-key'

/** A node that is off takes the key up when it is on again: it is waited for only so long. */
const graceMinutes = 15

interface OwnSeen {
  readonly sha256: string | undefined
  readonly told: string | undefined
}

/** A job server tells which key its munged runs with, by its fingerprint. */
export const mungeKeyTold: Step<JobConfig, OwnSeen> = {
  id: 'munge-key-told',
  title: 'Munge key in use',
  after: ['munge', 'node-record'],
  deadlineMs: () => 60_000,

  async observe(config, host) {
    const [sha256, told] = await Promise.all([host.sha256(localKey), host.read(pathOf(config))])
    return { sha256, told }
  },

  decide(config, { sha256 = '', told }) {
    return toConverge(
      `the front end knows that it is ${sha256.slice(0, 12)}`,
      told?.trim() !== sha256 && {
        do: 'write',
        path: pathOf(config),
        content: `${sha256}\n`,
        was: told,
        mode: 0o644,
        whileMounted: config.efs.mountPoint,
        because: 'the front end waits for it when a key is replaced',
      },
    )
  },
}

interface NodesSeen {
  readonly current: string
  /** The current key became so less than the grace ago. */
  readonly isNew: boolean
  /** By node, those that have told theirs. */
  readonly told: ReadonlyMap<string, string>
}

/** slurmctld starts again only once the nodes have a key that was replaced, or have had the time for it. */
export const mungeKeyNodes: Step<FrontendConfig, NodesSeen> = {
  id: 'munge-key-nodes',
  title: 'Munge key of the nodes',
  after: ['munge-key'],
  deadlineMs: () => (graceMinutes + 1) * 60_000,

  async observe(config, host, signal) {
    const { mungeKeys, nodes } = shareOf(config)
    const pointer = join(mungeKeys, 'current')
    const [link, isNew, names] = await Promise.all([
      host.stat(pointer),
      changedLately(pointer, host, signal),
      host.list(nodes),
    ])
    const files = names.filter((name) => name.endsWith(suffix) && !name.startsWith('.'))
    const told = await Promise.all(
      files.map(async (name) => [name.slice(0, -suffix.length), (await host.read(join(nodes, name))) ?? ''] as const),
    )
    return {
      current: (link?.target ?? '').replace(/\.key$/, ''),
      isNew,
      told: new Map(told.map(([node, text]) => [node, text.trim()])),
    }
  },

  decide(_config, { current, isNew, told }) {
    const lagging = [...told].flatMap(([node, sha256]) => (sha256 === current ? [] : [node]))
    if (lagging.length === 0) return { is: 'converged', because: 'all nodes that have told theirs have this one' }
    const shown = `${lagging.slice(0, 5).join(', ')}${lagging.length > 5 ? ` and ${lagging.length - 5} more` : ''}`
    if (!isNew) return { is: 'converged', because: `not waited for: ${shown}` }
    const what = `${shown}; at the latest ${graceMinutes} minutes after the change slurmctld starts without them`
    return { is: 'wait', code: 'MUNGE_KEY_NOT_TAKEN_UP', for: what }
  },
}

function pathOf(config: JobConfig): string {
  return join(shareOf(config).nodes, `${config.hostname}${suffix}`)
}

/** 1: there is no such file. */
async function changedLately(path: string, host: Host, signal: AbortSignal): Promise<boolean> {
  const argv = ['find', path, '-maxdepth', '0', '-cmin', `-${graceMinutes}`] as const
  return (await host.exec(argv, { signal, ok: [0, 1] })).stdout !== ''
}
