import type { JobConfig } from '../config/job-schema.ts'
import type { Obstacle } from '../engine/action.ts'
import { toConverge } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import { someNames } from '../engine/some-names.ts'
import type { Step } from '../engine/step.ts'
import { confServerIn } from '../formats/conf-server.ts'
import { type NodeRecord, parseNodeRecord } from '../formats/node-record.ts'
import { ownLines } from '../formats/own-lines.ts'
import { nodeLines, printHardware } from '../formats/slurm-conf.ts'
import { isTakenUp } from './node-hardware.ts'
import { recordPath } from './node-records.ts'
import { shareOf } from './share.ts'
import { keyHasMovedOn, waitUnless } from './share-moved-on.ts'
import {
  cgroupConfPath,
  confPaths,
  type Files,
  type LocalFiles,
  lineOf,
  localFiles,
  publishedFiles,
  slurmConfPath,
  toSave,
  toWrite,
} from './slurm-files.ts'

const logDirectory = '/var/log/slurm'

interface Found {
  readonly published: Files
  readonly local: LocalFiles
  readonly log: FileStat | undefined
  readonly address: string
  /** What this machine has told of itself. */
  readonly record: NodeRecord | undefined
}

interface Seen extends Found {
  /** The share has another key by now; looked at where something is waited for. */
  readonly keyHasMovedOn: boolean
}

/**
 * slurm.conf, cgroup.conf and gres.conf as the front end publishes them, followed; where slurmd fetches them, what is here
 * is left.
 */
export const slurmConfCopy: Step<JobConfig, Seen> = {
  id: 'slurm-conf',
  title: 'Slurm configuration',
  // The record tells the front end the address and the hardware, which are waited for here.
  after: ['efs', 'node-record'],
  deadlineMs: ({ slurm }) => slurm.deadlineSeconds * 1_000,

  async observe(config, host) {
    const share = shareOf(config)
    const [published, log, address, record = ''] = await Promise.all([
      publishedFiles(share, host),
      host.stat(logDirectory),
      host.primaryAddress(),
      host.read(recordPath(share, config.hostname)),
    ])
    const local = await localFiles(published, host)
    const found = { published, local, log, address, record: parseNodeRecord(record) }
    const isStuck = obstacleIn(found, config) !== undefined
    return { ...found, keyHasMovedOn: isStuck && (await keyHasMovedOn(config, host)) }
  },

  decide(config, seen) {
    const obstacle = obstacleIn(seen, config)
    if (obstacle !== undefined) return waitUnless(seen.keyHasMovedOn, obstacle)
    const { published, log } = seen
    const { files, unsaved } = seen.local
    const node = `with the node ${config.hostname}`
    const logging =
      log === undefined && ({ do: 'mkdir', path: logDirectory, mode: 0o755, because: 'slurmd logs there' } as const)
    // Not before slurmd has fetched: until then it, its jobs and their commands have no other.
    if (config.slurm.configless) return toConverge(`slurmctld hands out slurm.conf, ${node}`, logging)
    return toConverge(
      `slurm.conf is the front end's, ${node}`,
      logging,
      ...unsaved.map((one) => toSave(one, files, config)),
      ...confPaths.map((path) => toWrite(path, published[path], files, config)),
    )
  },
}

/** What is waited for: slurm.conf itself, and that it has this machine as it is. */
function obstacleIn({ published, address, record }: Found, config: JobConfig): Obstacle | undefined {
  const share = shareOf(config)
  const slurm = published[slurmConfPath]
  if (slurm === undefined || published[cgroupConfPath] === undefined) {
    const missing = slurm === undefined ? share.slurmConf : share.cgroupConf
    return { code: 'SLURM_CONF_NOT_PUBLISHED', for: `the front end, which writes ${missing}` }
  }
  const lines = nodeLines(slurm)
  const line = lineOf(config.hostname, lines)
  if (line === undefined) {
    const what = `${share.slurmConf} has no node ${config.hostname}; it has ${someNames(lines.map(({ names }) => names)) || 'none'}`
    return { code: 'NODE_NOT_CONFIGURED', for: what }
  }
  if (line.address !== undefined && line.address !== address) {
    const what = `${share.slurmConf} has ${config.hostname} at ${line.address}, not at ${address}: the front end's next run takes it up`
    return { code: 'NODE_ADDRESS_NOT_TAKEN_UP', for: what }
  }
  const hardware = record?.hardware
  if (hardware !== undefined && !isTakenUp(line, hardware) && !isOwn(config.hostname, slurm)) {
    const [stands, now] = [printHardware(line), printHardware(hardware)]
    const what = `${share.slurmConf} has ${config.hostname} with ${stands}; it has ${now}: the front end's next run takes it up`
    return { code: 'NODE_HARDWARE_NOT_TAKEN_UP', for: what }
  }
  if (config.slurm.configless && confServerIn(slurm) === undefined) {
    const what = `the front end, whose slurm.configless is not true, or whose own lines set SlurmctldParameters anew: ${share.slurmConf} has no enable_configless`
    return { code: 'SLURM_CONF_NOT_SERVED', for: what }
  }
  return undefined
}

/** A line of the operator's own, which follows no hardware. */
function isOwn(node: string, slurm: string): boolean {
  return lineOf(node, nodeLines(ownLines(slurm) ?? slurm)) !== undefined
}
