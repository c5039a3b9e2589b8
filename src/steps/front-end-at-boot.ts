import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Action } from '../engine/action.ts'
import { printFrontEndClaim } from '../formats/front-end-claim.ts'
import { guardOf } from './mount-guard.ts'
import { systemctl } from './service.ts'
import { shareOf } from './share.ts'
import { slurmctldUnit } from './slurmctld.ts'

/** A file of its own: the other drop-in is there before the package, when nobody has asked for the instance ID. */
export const conditionPath = `/etc/systemd/system/${slurmctldUnit}.d/slurm-node-agent-front-end.conf`

/**
 * At a boot slurmctld begins before we look. Where its state is on the share it may only while the link there names this
 * instance: one that is started again after another has taken its place would write into the state of that one. A state
 * on its own disk is nobody else's, and does not wait for the share.
 */
export function toBeginAtBoot(config: FrontendConfig, instanceId: string, was: string | undefined): readonly Action[] {
  const content = isStateShared(config) ? print(shareOf(config).frontEndClaim, instanceId) : undefined
  if (content === was) return []
  const reload = systemctl('unit files changed', 'daemon-reload')
  if (content === undefined) {
    return [{ do: 'remove', path: conditionPath, because: 'the state of slurmctld is not on the share' }, reload]
  }
  const because = 'its state is on the share, where another instance may be the front end by the next boot'
  return [{ do: 'write', path: conditionPath, content, was, mode: 0o644, because }, reload]
}

/** Taken by the front end alone, once nothing else is to be done about its claim. */
export function isOfCondition(action: Action): boolean {
  return (action.do === 'write' || action.do === 'remove') && action.path === conditionPath
}

function isStateShared(config: FrontendConfig): boolean {
  return guardOf(config.slurm.stateSaveLocation, config).whileMounted !== undefined
}

/** find fails where there is no such link, and where `false` is run on it: it names another instance. */
function print(claim: string, instanceId: string): string {
  const names = [printFrontEndClaim({ instanceId, volumeId: undefined }), `${instanceId}/*`]
  const others = names.map((name) => `-not -lname ${name}`).join(' ')
  const condition = `ExecCondition=/usr/bin/find ${claim} -maxdepth 0 ${others} -exec false {} +`
  return ['# Made by slurm-node-agent.', '[Service]', condition, ''].join('\n')
}
