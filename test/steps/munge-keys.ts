import { directory, file, type Place, sha256Of, type Tree } from './small-machine.ts'

export const keys = '/mnt/work/slurm/munge'
export const current = `${keys}/current`
export const localKey = '/etc/munge/munge.key'
export const record = '/var/lib/slurm-node-agent/munge-key.sha256'

/** Stand-ins for keys: what matters is that their bytes turn up nowhere but in key files. */
export const key = (name: string) => `SECRET-${name}-`.padEnd(1024, 'x')
export const sumOf = (name: string) => sha256Of(key(name))
export const published = (name: string, mode = 0o600, owner = 'root:root') =>
  [`${keys}/${sumOf(name)}.key`, file(key(name), mode, owner)] as const
export const pointer = (name: string) => [current, { kind: 'symlink', target: `${sumOf(name)}.key` }] as const
export const share = (...places: (readonly [string, Place])[]): Tree => new Map([[keys, directory(0o700)], ...places])
export const local = (name: string, recorded?: string): Tree =>
  new Map([
    [localKey, file(key(name), 0o400, 'munge:munge')],
    ...(recorded === undefined ? [] : ([[record, file(recorded, 0o600)]] as const)),
  ])
/** What munge's package leaves behind. */
export const packaged = () => new Map([[localKey, file(key('package').slice(0, 128), 0o600, 'munge:munge')]])

export const converged = (sha256: string) => ({
  is: 'converged',
  because: `the cluster's key is ${sha256.slice(0, 12)}`,
})
