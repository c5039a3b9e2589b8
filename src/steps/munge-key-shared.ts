import { join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import type { Step } from '../engine/step.ts'
import { identity } from './munge-key.ts'
import { follow } from './munge-key-follow.ts'
import { distrustOf, lookAtKeys, type Seen } from './munge-key-seen.ts'
import { shareOf } from './share.ts'

/** The cluster's Munge key on a job server, which makes none: the front end's is waited for. */
export const sharedMungeKey: Step<JobConfig, Seen> = {
  ...identity,
  deadlineMs: ({ slurm }) => slurm.deadlineSeconds * 1_000,
  observe: lookAtKeys,

  decide(config, seen) {
    const share = shareOf(config)
    const distrust = distrustOf(seen, share)
    if (distrust !== undefined) return distrust
    const pointer = join(share.mungeKeys, 'current')
    const name = seen.pointer?.target
    if (name === undefined) {
      return { is: 'wait', code: 'MUNGE_KEY_NOT_PUBLISHED', for: `the front end, which makes ${pointer}` }
    }
    // NFS may still show a link that was replaced, when the key that it led to is gone.
    if (seen.published.get(name)?.sha256 === undefined) {
      return { is: 'wait', code: 'MUNGE_KEY_NOT_PUBLISHED', for: `${pointer} points to ${name}, which is not there` }
    }
    return follow(name, seen, share)
  },
}
