import type { Exec } from '../engine/action.ts'
import type { Warning } from '../engine/decision.ts'
import type { UnitRule } from '../engine/step.ts'
import { type ServiceState, systemctl } from './service.ts'

/** Without these there is no NFSv3, and NFSv4 has no use for them: nfs.systemd(7), "Masking unwanted services". */
export const v3Units = ['rpcbind.socket', 'rpcbind.service', 'rpc-statd.service']
/** The socket starts its service by itself. */
const v3Started = ['rpcbind.socket', 'rpc-statd.service']
const onlyForV3 = 'only NFSv3 needs it'

export const v3Masks: readonly UnitRule[] = v3Units.map((unit) => ({ is: 'masked', unit }))

export function toLetGo(units: readonly ServiceState[]): readonly Exec[] {
  const because = 'NFSv3 needs it'
  const masked = units.filter((state) => state.masked)
  const stopped = units.filter((state) => v3Started.includes(state.unit) && state.active !== 'active')
  return [...onAll('unmask', masked, because), ...onAll('start', stopped, because)]
}

/** Not disabled: nfs-server.service wants the socket and rpc-statd, enabled or not. A mask survives upgrades too. */
export function toMask(units: readonly ServiceState[]): readonly Exec[] {
  const free = units.filter((state) => !state.masked && !isInPlaceOfMask(state))
  return onAll('mask', free, onlyForV3)
}

/** systemctl puts no mask in the place of a file. */
function isInPlaceOfMask({ masked, file }: ServiceState): boolean {
  return !masked && file.startsWith('/etc/systemd/system/')
}

/** Whoever wrote such a file may want what it says: it stays, and its unit is stopped each time it has started. */
export function unmaskable(units: readonly ServiceState[]): readonly Warning[] {
  const files = units.filter(isInPlaceOfMask).map(({ file }) => file)
  if (files.length === 0) return []
  return [{ code: 'NFS_UNIT_NOT_MASKED', text: `only stopped, for want of a mask: ${files.join(', ')}` }]
}

export function toStop(units: readonly ServiceState[]): readonly Exec[] {
  const up = units.filter(({ active }) => active === 'active' || active === 'activating')
  return onAll('stop', up, onlyForV3)
}

function onAll(verb: string, states: readonly ServiceState[], because: string): readonly Exec[] {
  const units = states.map((state) => state.unit)
  return units.length === 0 ? [] : [systemctl(because, verb, ...units)]
}
