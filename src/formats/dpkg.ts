import type { Argv } from '../engine/action.ts'
import type { PackageState } from '../engine/host.ts'

/** What asks dpkg about all packages. */
export const showPackages: Argv = ['dpkg-query', '--show', '--showformat=${Package}\t${Status}\t${Version}\n']

/** What it printed. */
export function parsePackageStates(stdout: string): ReadonlyMap<string, PackageState> {
  const states = new Map<string, PackageState>()
  for (const line of stdout.split('\n')) {
    const [name, status, version = ''] = line.split('\t')
    if (name === undefined || status === undefined) continue
    const state = { ...readStatus(status), version }
    const other = states.get(name) // of another architecture
    states.set(name, other === undefined ? state : merged(other, state))
  }
  return states
}

/** dpkg(1), PACKAGE STATES: what is wanted, an error flag, and how far it got. */
function readStatus(status: string): Pick<PackageState, 'installed' | 'unfinished' | 'halfDone'> {
  const [wanted = '', flag, state = ''] = status.split(' ')
  const isHalfDone = flag === 'reinstreq' || state === 'half-installed'
  const cutOff = /^(install|hold)$/.test(wanted) ? 'unpacking' : 'removal'
  return {
    installed: /^(install|hold) ok installed$/.test(status),
    unfinished: flag === 'ok' && unfinishedStates.includes(state),
    halfDone: isHalfDone ? cutOff : undefined,
  }
}

const unfinishedStates = ['unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending']

function merged(one: PackageState, other: PackageState): PackageState {
  const installed = one.installed ? one : other
  return { ...installed, unfinished: one.unfinished || other.unfinished, halfDone: one.halfDone ?? other.halfDone }
}
