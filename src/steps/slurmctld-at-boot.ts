import type { FrontendConfig } from '../config/frontend-schema.ts'
import { isWithin } from '../config/places.ts'
import type { Action } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { printFrontEndClaim } from '../formats/front-end-claim.ts'
import { ownItem } from './own-item.ts'
import { withReload } from './service.ts'
import { shareOf } from './share.ts'

/** A file of its own: the other drop-in is there before the package, when nobody has asked for the instance ID. */
export const conditionPath = '/etc/systemd/system/slurmctld.service.d/slurm-node-agent-front-end.conf'

export interface Condition {
  /** The drop-in, as it is. */
  readonly was: string | undefined
  /** This instance; undefined where the state of slurmctld is not on the share. */
  readonly instanceId: string | undefined
}

export async function conditionSeen(config: FrontendConfig, host: Host, signal: AbortSignal): Promise<Condition> {
  const isShared = isWithin(config.slurm.stateSaveLocation, config.efs.mountPoint)
  const [was, instanceId] = await Promise.all([
    host.read(conditionPath),
    isShared ? ownItem('instance-id', 'the ID', host, signal) : undefined,
  ])
  return { was, instanceId }
}

/**
 * At a boot slurmctld begins before we look. Where its state is on the share it may only while the link there names this
 * instance: one that is started again after another has taken its place would write into the state of that one. A state
 * on a disk is that of who has the disk, and does not wait for the share.
 */
export function toBeginAtBoot(config: FrontendConfig, { was, instanceId }: Condition): readonly Action[] {
  const content = instanceId === undefined ? undefined : print(shareOf(config).frontEndClaim, instanceId)
  if (content === was) return []
  if (content === undefined) {
    return withReload({ do: 'remove', path: conditionPath, because: 'the state of slurmctld is not on the share' })
  }
  const because = 'its state is on the share, where another instance may be the front end by the next boot'
  return withReload({ do: 'write', path: conditionPath, content, was, mode: 0o644, because })
}

/** find fails where there is no such link, and where `false` is run on it: it names another instance. */
function print(claim: string, instanceId: string): string {
  const names = [printFrontEndClaim({ instanceId, volumeId: undefined }), `${instanceId}/*`]
  const others = names.map((name) => `-not -lname ${name}`).join(' ')
  const condition = `ExecCondition=/usr/bin/find ${claim} -maxdepth 0 ${others} -exec false {} +`
  return ['# Made by slurm-node-agent.', '[Service]', condition, ''].join('\n')
}
