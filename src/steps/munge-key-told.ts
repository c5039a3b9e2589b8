import { join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { localKey } from './munge-key-trust.ts'
import { type Share, shareOf } from './share.ts'

const suffix = '.munge-key'

interface Seen {
  readonly sha256: string | undefined
  readonly told: string | undefined
}

/** A job server tells which key its munged runs with, by its fingerprint. */
export const mungeKeyTold: Step<JobConfig, Seen> = {
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

function pathOf(config: JobConfig): string {
  return toldPath(shareOf(config), config.hostname)
}

export function toldPath({ nodes }: Share, node: string): string {
  return join(nodes, `${node}${suffix}`)
}

/** The node that has told a key by a file of this name; undefined for another file. */
export function nodeOf(name: string): string | undefined {
  return name.endsWith(suffix) && !name.startsWith('.') ? name.slice(0, -suffix.length) : undefined
}
