import type { ExportWithOptions } from '../../src/formats/exports.ts'
import type { Server } from '../../src/steps/nfs-server.ts'
import { mounted, notUp, running } from './services.ts'

export const confPath = '/etc/nfs.conf.d/slurm-node-agent.conf'
export const conf = `# Made by slurm-node-agent.
[nfsd]
vers2=n
vers3=n
vers4=y
threads=8
`
export const dropInPath = '/etc/systemd/system/nfs-server.service.d/slurm-node-agent.conf'
export const dropIn = `# Made by slurm-node-agent.
[Unit]
RequiresMountsFor=/mnt/shared
`
export const exportsPath = '/etc/exports.d/slurm-node-agent.exports'
export const exportsFile = `# Made by slurm-node-agent.
/mnt/shared 10.0.0.0/16(rw,sync,no_subtree_check,root_squash,mountpoint)
`
export const v3Units = ['rpcbind.socket', 'rpcbind.service', 'rpc-statd.service']

const settings = { threads: 8, v3: false, v4: true }
const off = { active: 'inactive', enabled: false, masked: true, ...notUp }

/** A server with nothing left to do, as the configuration without `nfs` wants it. */
export const serving: Server = {
  conf,
  dropIn,
  settings,
  running: settings,
  service: running('nfs-server.service'),
  mount: mounted('mnt-shared.mount'),
  v3Units: v3Units.map((unit) => ({ ...running(unit), ...off })),
  cpus: 2,
}

/** Where somebody has a unit file of his own for rpcbind, in the place of the mask. */
export const ownRpcbind: Server = {
  ...serving,
  v3Units: serving.v3Units.map((state) =>
    state.unit === 'rpcbind.service'
      ? { ...state, active: 'active', masked: false, file: '/etc/systemd/system/rpcbind.service' }
      : state,
  ),
}

/** As exportfs 2.6.2 shows what the exports file above asks for, on Linux 6.1. */
export const shown = [
  'sync',
  'wdelay',
  'hide',
  'no_subtree_check',
  'mountpoint',
  'sec=sys',
  'rw',
  'secure',
  'root_squash',
  'no_all_squash',
]
export const entry: ExportWithOptions = { path: '/mnt/shared', client: '10.0.0.0/16', options: shown }

/** What it shows of the line that the old script writes. */
export const oldEntry: ExportWithOptions = {
  path: '/mnt/shared',
  client: '*',
  options: ['sync', 'wdelay', 'hide', 'no_subtree_check', 'sec=sys', 'rw', 'secure', 'no_root_squash', 'no_all_squash'],
}
export const oldLine = '/mnt/shared *(rw,sync,no_subtree_check,no_root_squash)'

/** The options, one put in place of another. */
export function shownWith(option: string, instead: string): readonly string[] {
  return shown.map((candidate) => (candidate === option ? instead : candidate))
}
