import type { Config } from '../config/schema.ts'
import type { ActionOutcome } from '../engine/action.ts'
import type { Decision, Wait } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { pathUnit } from '../formats/systemd.ts'
import { toMount, toPrepare } from './efs-actions.ts'
import { mayTunnel } from './efs-client.ts'
import { decideHelper, helperNeeds } from './efs-helper.ts'
import { obstacleOf } from './efs-obstacles.ts'
import { refusalOf } from './efs-refusals.ts'
import { lookAtEfs, type Seen } from './efs-seen.ts'
import { tunnelUnit } from './efs-tunnel.ts'
import { tellInWaits } from './hidden-files.ts'
import { mountTrouble } from './mount-answer.ts'

type EfsConfig = Pick<Config, 'efs'>

/** The EFS file system, mounted over TLS unless the configuration says plain NFS. */
export const efs: Step<EfsConfig, Seen> = {
  id: 'efs',
  title: 'EFS',
  after: [],
  packages: ({ efs: config }) => {
    const tunnel = mayTunnel(config) ? ['stunnel4', 'ca-certificates'] : []
    const helper = config.utilsPackage === undefined ? [] : [...helperNeeds, 'ca-certificates']
    return [...new Set(['nfs-common', ...tunnel, ...helper])]
  },
  asksAbout: ({ efs: config }) => [pathUnit(config.mountPoint, 'mount'), ...(mayTunnel(config) ? [tunnelUnit] : [])],
  deadlineMs: (config) => config.efs.deadlineSeconds * 1_000,

  observe: (config, host, signal) => lookAtEfs(config.efs, host, signal),

  decide({ efs: config }, seen, past) {
    const { mountPoint } = seen
    return tellInWaits(decideSeen(config, seen, past), mountPoint.is === 'bare' ? mountPoint.holds : [])
  },
}

function decideSeen(config: Config['efs'], seen: Seen, past: readonly ActionOutcome[]): Decision {
  const refusal = refusalOf(config, seen)
  if (refusal !== undefined) return refusal
  if (seen.client === 'efs-utils' && !seen.hasHelper) return decideHelper(config, seen.helperPackage, past)
  const obstacle = tunnelObstacle(seen) ?? mountObstacle(config.mountPoint, seen)
  const actions = [...toPrepare(config, seen, past), ...(obstacle === undefined ? toMount(config, seen, past) : [])]
  if (actions.length > 0) return { is: 'act', actions }
  if (obstacle !== undefined) return obstacle
  const { fileSystemId, mountPoint } = config
  return { is: 'converged', because: `${fileSystemId} is mounted on ${mountPoint} (${seen.client})` }
}

function tunnelObstacle({ tunnel }: Seen): Wait | undefined {
  if (tunnel?.unit.active !== 'activating' && tunnel?.unit.active !== 'deactivating') return undefined
  const words = tunnel.words ? `; it said: ${tunnel.words}` : ''
  return { is: 'wait', code: 'EFS_TUNNEL_DOWN', for: `${tunnelUnit} is ${tunnel.unit.active}${words}` }
}

function mountObstacle(path: string, { mountPoint, mountUnit, destination }: Seen): Wait | undefined {
  switch (mountPoint.is) {
    case 'bare': {
      const obstacle = obstacleOf(mountPoint.reachability, destination, false)
      return obstacle && { is: 'wait', ...obstacle }
    }
    case 'read-only': {
      const how = mountPoint.mount.options.includes('ro')
        ? 'is mounted read-only'
        : 'is mounted, but root may not write to it'
      return { is: 'wait', code: 'EFS_READ_ONLY', for: `${path} ${how}` }
    }
    case 'stale': {
      const what = mountTrouble({ is: 'stale' }, path)
      return { is: 'wait', code: 'EFS_STALE', for: `${what}; systemctl stop '${mountUnit.name}' unmounts it` }
    }
    case 'hanging': {
      const obstacle = obstacleOf(mountPoint.reachability, destination, true)
      const { silence } = mountPoint
      if (obstacle === undefined) return { is: 'wait', code: 'EFS_NOT_ANSWERING', for: silence }
      return { is: 'wait', code: obstacle.code, for: `${silence}: ${obstacle.for}` }
    }
    case 'writable':
    case 'taken':
      return undefined
  }
}
