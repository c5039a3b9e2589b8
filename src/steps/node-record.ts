import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { JobConfig } from '../config/job-schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type FrontendRecord, type NodeRecord, printRecord } from '../formats/node-record.ts'
import { refusal } from './refusal.ts'
import { shareOf } from './share.ts'

interface Seen {
  readonly address: string
  readonly directory: FileStat | undefined
  readonly record: string | undefined
}

/** What the other machines must know of this one, on the share: the names of its nodes, no DNS of a VPC has. */
function record<C extends FrontendConfig | JobConfig>(
  after: readonly string[],
  placeOf: (config: C) => { readonly directory: string; readonly path: string },
  contentOf: (config: C, address: string) => NodeRecord | FrontendRecord,
): Step<C, Seen> {
  return {
    id: 'node-record',
    title: 'Record on the share',
    after,
    deadlineMs: () => 60_000,

    async observe(config, host) {
      const { directory, path } = placeOf(config)
      const [address, found, text] = await Promise.all([host.primaryAddress(), host.stat(directory), host.read(path)])
      return { address, directory: found, record: text }
    },

    decide(config, { address, directory, record: was }) {
      const { mountPoint } = shareOf(config)
      const place = placeOf(config)
      if (directory !== undefined && (directory.kind !== 'directory' || directory.owner.split(':')[0] !== 'root')) {
        const what = directory.kind === 'directory' ? `belongs to ${directory.owner}` : `is a ${directory.kind}`
        return refusal(
          'SHARE_NOT_ROOTS',
          `${place.directory} ${what}: others than root could send the cluster's nodes elsewhere`,
          'look at what is there; then either move it away or make it a directory of root’s',
        )
      }
      const content = printRecord(contentOf(config, address))
      return toConverge(
        `${config.hostname} is ${address}`,
        directory === undefined && {
          do: 'mkdir',
          path: place.directory,
          mode: 0o755,
          owner: { user: 'root', group: 'root' },
          whileMounted: mountPoint,
          because: 'machines tell of themselves there',
        },
        content !== was && {
          do: 'write',
          path: place.path,
          content,
          was,
          mode: 0o644,
          whileMounted: mountPoint,
          because: was === undefined ? 'the others do not know this machine yet' : 'it tells of another machine',
        },
      )
    },
  }
}

/** For slurm.conf, which the front end writes. */
export const nodeRecord = record<JobConfig>(
  ['hostname', 'efs'],
  (config) => {
    const { nodes } = shareOf(config)
    return { directory: nodes, path: join(nodes, `${config.hostname}.json`) }
  },
  ({ hostname: name }, address) => ({ name, address }),
)

/** For the mounts of the job servers, once there is something to mount. */
export const frontendRecord = record<FrontendConfig>(
  ['hostname', 'efs', 'nfs-export'],
  (config) => {
    const { directory, frontend: path } = shareOf(config)
    return { directory, path }
  },
  ({ hostname: name, dataVolume }, address) => ({ name, address, exports: dataVolume.mountPoint }),
)
