import type { FrontendConfig } from '../config/frontend-schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { mountAt, parseMountinfo } from '../formats/mountinfo.ts'
import { ownItem } from './own-item.ts'
import { systemctl, unitStates } from './service.ts'
import { shareOf } from './share.ts'
import { slurmctldUnit } from './slurmctld.ts'

interface Seen {
  readonly instanceId: string
  /** The link that names the instance which is the front end. */
  readonly claim: FileStat | undefined
  readonly directory: FileStat | undefined
  /** The data volume is here, and so at no other instance. */
  readonly hasVolume: boolean
  /** slurmctld runs here; looked at while another instance is the front end. */
  readonly isServing: boolean
}

/**
 * One instance alone is the front end: two slurmctld on one state, and one share, would each undo what the other does. Who
 * comes in the place of another proves by the data volume that the other is out of the way: EBS attaches it to one.
 */
export const frontEnd: Step<FrontendConfig, Seen> = {
  id: 'front-end',
  title: 'Front end of the cluster',
  after: ['efs'],
  // The data volume may come as late as it may.
  deadlineMs: ({ dataVolume }) => dataVolume.deadlineSeconds * 1_000,

  async observe(config, host, signal) {
    const share = shareOf(config)
    const [instanceId, claim, directory, mountinfo] = await Promise.all([
      ownItem('instance-id', 'the ID', host, signal),
      host.stat(share.frontEndClaim),
      host.stat(share.directory),
      host.read('/proc/self/mountinfo'),
    ])
    const isAnother = claim !== undefined && claim.target !== instanceId
    const [slurmctld] = isAnother ? await unitStates([slurmctldUnit], host, signal) : []
    return {
      instanceId,
      claim,
      directory,
      hasVolume: mountAt(parseMountinfo(mountinfo ?? ''), config.dataVolume.mountPoint) !== undefined,
      isServing: slurmctld?.active === 'active',
    }
  },

  decide(config, { instanceId, claim, directory, hasVolume, isServing }) {
    const { frontEndClaim: path, directory: folder, mountPoint: whileMounted } = shareOf(config)
    const link = { do: 'symlink', path, target: instanceId, whileMounted } as const
    const holder = claim?.target
    if (claim === undefined) {
      const because = 'the cluster shares its configuration there'
      return toConverge(
        '',
        directory === undefined && { do: 'mkdir', path: folder, mode: 0o755, whileMounted, because },
        { ...link, because: 'no instance is the front end yet' },
      )
    }
    if (holder === instanceId) return { is: 'converged', because: `it is this instance, ${instanceId}` }
    if (holder !== undefined && hasVolume) {
      const because = `the data volume is here: ${holder} is the front end no more`
      return { is: 'act', actions: [{ ...link, was: holder, because }] }
    }
    if (isServing) return { is: 'act', actions: [systemctl(`${holder} is the front end`, 'stop', slurmctldUnit)] }
    const other = holder ?? `${path}, which is no link to an instance`
    const what = `the data volume, which shows that ${other} is out of the way; if it is gone for good, remove ${path}`
    return { is: 'wait', code: 'FRONT_END_ELSEWHERE', for: what }
  },
}
