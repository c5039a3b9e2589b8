import { printCgroupConf, printSlurmConf } from '../../src/formats/slurm-conf.ts'
import { configuration } from './configuration.ts'
import { packageQuery } from './package-query.ts'
import { directory, file, sha256Of, type Tree } from './small-machine.ts'

export const config = configuration()
export const local = '/etc/slurm/slurm.conf'
export const localCgroup = '/etc/slurm/cgroup.conf'
export const localGres = '/etc/slurm/gres.conf'
export const shared = '/mnt/work/slurm/slurm.conf'
export const sharedCgroup = '/mnt/work/slurm/cgroup.conf'
export const sharedGres = '/mnt/work/slurm/gres.conf'
export const state = '/var/lib/slurm/slurmctld'

export const slurm = (own = '', changed = config) => printSlurmConf(settingsFor(changed), [22, 5], own)

/** Nodes without an address in DNS get one at which nobody answers. */
const settingsFor = ({ slurm: settings, accounting, hostname }: typeof config) => ({
  ...settings,
  accounting: accounting.enabled,
  nodes: settings.nodes.map(({ name, cpus = 0, memoryMiB = 0 }) => ({ name, cpus, memoryMiB, address: '192.0.2.1' })),
  controller: { name: hostname, address: '10.0.0.5' },
})
export const cgroup = (own = '') => printCgroupConf([22, 5], own)
export const version = (debian: string) => ({
  commands: { [packageQuery]: `slurmctld\tinstall ok installed\t${debian}\n` },
  primaryAddress: '10.0.0.5',
  names: { 'job-1': [] },
})
export const script = version('22.05.8-4+deb12u3')
export const converged = { is: 'converged', because: 'slurm.conf for 22.05, here and on the share' }
export const saved = (path: string, content: string) => `${path}.${sha256Of(content).slice(0, 12)}.saved`

/** A machine as the packages leave it, with more. */
export const packaged = (...more: (readonly [string, ReturnType<typeof file>])[]): Tree =>
  new Map([[state, directory(0o755, 'slurm:slurm')], ['/var/log/slurm', directory(0o755, 'slurm:slurm')], ...more])
export const settled = (own = '') => packaged([local, file(slurm(own))], [localCgroup, file(cgroup())])
/** The share once it was claimed, and before slurm.conf. */
export const bareShare = (): Tree => new Map([['/mnt/work/slurm', directory(0o755)]])
export const share = (own = ''): Tree =>
  new Map([
    ['/mnt/work/slurm', directory(0o755)],
    [shared, file(slurm(own))],
    [sharedCgroup, file(cgroup())],
  ])
