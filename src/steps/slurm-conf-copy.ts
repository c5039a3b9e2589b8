import type { JobConfig } from '../config/job-schema.ts'
import { expandNodeNames } from '../config/node-names.ts'
import { toConverge } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { nodeLines } from '../formats/slurm-conf.ts'
import { shareOf } from './share.ts'
import {
  cgroupConfPath,
  type Files,
  readAll,
  slurmConfPath,
  toSave,
  toWrite,
  type Unsaved,
  unsavedOf,
} from './slurm-files.ts'

const logDirectory = '/var/log/slurm'

interface Seen {
  /** Local and on the share. */
  readonly files: Files
  readonly unsaved: readonly Unsaved[]
  readonly log: FileStat | undefined
}

/** slurm.conf and cgroup.conf as the front end publishes them, followed. */
export const slurmConfCopy: Step<JobConfig, Seen> = {
  id: 'slurm-conf',
  title: 'Slurm configuration',
  after: ['efs'],
  deadlineMs: ({ slurm }) => slurm.deadlineSeconds * 1_000,

  async observe(config, host) {
    const share = shareOf(config)
    const [shared, local, log] = await Promise.all([
      readAll([share.slurmConf, share.cgroupConf], host),
      readAll([slurmConfPath, cgroupConfPath], host),
      host.stat(logDirectory),
    ])
    return { files: { ...shared, ...local }, unsaved: await unsavedOf(local, host), log }
  },

  decide(config, { files, unsaved, log }) {
    const share = shareOf(config)
    const slurm = files[share.slurmConf]
    const cgroup = files[share.cgroupConf]
    if (slurm === undefined || cgroup === undefined) {
      const missing = slurm === undefined ? share.slurmConf : share.cgroupConf
      return { is: 'wait', code: 'SLURM_CONF_NOT_PUBLISHED', for: `the front end, which writes ${missing}` }
    }
    const lists = nodeLines(slurm).map(({ names }) => names)
    if (!lists.some((names) => expandNodeNames(names)?.includes(config.hostname) === true)) {
      const what = `${share.slurmConf} has no node ${config.hostname}; it has ${lists.join(', ') || 'none'}`
      return { is: 'wait', code: 'NODE_NOT_CONFIGURED', for: what }
    }
    return toConverge(
      `slurm.conf is the front end's, with the node ${config.hostname}`,
      log === undefined && { do: 'mkdir', path: logDirectory, mode: 0o755, because: 'slurmd logs there' },
      ...unsaved.map((one) => toSave(one, files, config)),
      toWrite(slurmConfPath, slurm, files, config),
      toWrite(cgroupConfPath, cgroup, files, config),
    )
  },
}
