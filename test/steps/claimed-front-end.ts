import type { FileStat } from '../../src/engine/host.ts'
import type { Script } from '../fake-host.ts'
import { packageQuery } from './package-query.ts'

const facts = { mode: 0o755, owner: 'slurm:slurm', sizeBytes: 68, changedAtMs: 0 }
const directory: FileStat = { ...facts, kind: 'directory' }
export const linkTo = (target: string): FileStat => ({ ...facts, kind: 'symlink', target })

export const [own, other] = ['i-0123456789abcdef0', 'i-0aaaaaaaaaaaaaaaa'] as const
export const volume = 'vol-0123456789abcdef0'
export const claim = '/mnt/work/slurm/front-end'
export const state = '/var/lib/slurm/slurmctld'
/** What the look at slurm.conf runs. */
export const versionQuery = packageQuery

const confs = ['slurm.conf', 'cgroup.conf', 'gres.conf']
const absent = [
  '/etc/fstab',
  '/proc/self/mountinfo',
  ...confs.flatMap((name) => [`/etc/slurm/${name}`, `/mnt/work/slurm/${name}`]),
]

/** A machine that has the claim, and whose slurm.conf only is to be written. */
export const claimedFrontEnd = {
  metadata: { 'meta-data/instance-id': own },
  primaryAddress: '10.0.0.5',
  names: { 'job-1': [] },
  files: Object.fromEntries(absent.map((path) => [path, undefined])),
  stats: {
    [claim]: linkTo(`${own}/${volume}`),
    '/mnt/work/slurm': directory,
    [state]: directory,
    '/var/log/slurm': directory,
  },
  directories: { '/mnt/work/slurm/nodes': [] },
  commands: { [versionQuery]: 'slurmctld\tinstall ok installed\t22.05.8-4+deb12u3\n' },
} satisfies Script
