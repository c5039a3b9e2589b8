import type { Guest } from './guest.ts'

/** What of a machine must not change when nothing has to be done: files by identity and time, services and mounts by run. */
export type GuestSnapshot = ReadonlyMap<string, string>

/** Files that others than the agent write at any time. */
const FOREIGN = new Set(['/etc/resolv.conf'])

/** systemd's own services and sessions come and go; the agent's own unit is what runs. */
const FOREIGN_UNITS = /^(systemd-|user@|user-runtime|run-user-|session-|getty|serial-getty|slurm-node-agent\.)/

/** A service that runs, one that has done its work and counts as up, as nfs-server does, and a mount. */
const UP = new Set(['running', 'exited', 'mounted'])

export async function snapshot(guest: Guest, shareMountPoint: string): Promise<GuestSnapshot> {
  const seen = new Map<string, string>()
  const { stdout: files } = await guest.run(['find', '/etc', shareMountPoint, '-xdev', '-printf', '%p\t%i %T@ %C@\n'])
  for (const line of files.split('\n')) {
    const [path = '', identity = ''] = line.split('\t')
    if (!FOREIGN.has(path)) seen.set(path, identity)
  }
  const { stdout: units } = await guest.run([
    'systemctl',
    'show',
    '--property=Id,InvocationID,SubState',
    '--type=service,mount',
    '*',
  ])
  for (const block of units.split('\n\n')) {
    const fields = new Map(block.split('\n').map((line) => [line.split('=')[0], line.split('=')[1]]))
    const id = fields.get('Id') ?? ''
    if (UP.has(fields.get('SubState') ?? '') && !FOREIGN_UNITS.test(id)) seen.set(id, fields.get('InvocationID') ?? '')
  }
  return seen
}

/** One line for each thing that came, went or was touched. */
export function changes(before: GuestSnapshot, after: GuestSnapshot): string[] {
  const names = new Set([...before.keys(), ...after.keys()])
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? '(absent)'} -> ${after.get(name) ?? '(absent)'}`)
}
