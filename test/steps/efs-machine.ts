import type { Config } from '../../src/config/schema.ts'
import type { FileStat } from '../../src/engine/host.ts'
import { confText, unitText } from '../../src/steps/efs-tunnel.ts'
import type { Script } from '../fake-host.ts'
import { unitsShow } from './services.ts'

export const config = (client: Config['efs']['client'] = 'auto', more: Partial<Config['efs']> = {}) => ({
  efs: { ...defaults, client, ...more },
})
const defaults = {
  fileSystemId: 'fs-0123456789abcdef0',
  mountPoint: '/mnt/work',
  tls: true,
  iam: false,
  deadlineSeconds: 900,
}
export const dnsName = 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com'
export const directory: FileStat = {
  kind: 'directory',
  mode: 0o755,
  owner: 'root:root',
  sizeBytes: 4096,
  changedAtMs: 0,
}
export const file: FileStat = { ...directory, kind: 'file', mode: 0o644, changedAtMs: 1 }
export const confPath = '/etc/slurm-node-agent/efs-stunnel.conf'
export const unitPath = '/etc/systemd/system/slurm-node-agent-efs.service'
export const mountinfo = (...lines: readonly string[]) =>
  ['22 1 259:1 / / rw,relatime - ext4 /dev/root rw', ...lines, ''].join('\n')
export const nfsMount = (source: string, port: string) =>
  `61 22 0:50 / /mnt/work rw,relatime shared:9 - nfs4 ${source} rw,vers=4.1,rsize=1048576,wsize=1048576,hard,noresvport,proto=tcp,${port}timeo=600,retrans=2,sec=sys,clientaddr=127.0.0.1,addr=127.0.0.1`

export const mountShown = (active: string) => `Wants=network-online.target slurm-node-agent-efs.service
ActiveState=${active}
Result=${active === 'failed' ? 'exit-code' : 'success'}
FragmentPath=/run/systemd/generator/mnt-work.mount
StateChangeTimestamp=Mon 2026-11-23 16:01:49.123456 UTC
NeedDaemonReload=no
`
export const tunnelShown = (active: string) => `Wants=network-online.target
ActiveState=${active}
Result=success
FragmentPath=${unitPath}
StateChangeTimestamp=Mon 2026-11-23 16:01:48.000000 UTC
NeedDaemonReload=no
`
export const journal = (unit: string, program: string) =>
  `journalctl --unit=${unit} --identifier=${program} --boot --lines=3 --output=cat --quiet --no-pager`

/** A machine on which nothing is mounted yet. */
export const script = {
  files: {
    '/proc/self/mountinfo': mountinfo(),
    '/etc/fstab': '',
    [confPath]: confText(dnsName),
    [unitPath]: unitText('mnt-work.mount'),
  },
  stats: { '/sbin/mount.efs': undefined, [confPath]: file, '/mnt/work': directory },
  directories: { '/mnt/work': [] },
  metadata: {
    'meta-data/placement/region': 'us-east-1\n',
    'meta-data/services/domain': 'amazonaws.com',
    'meta-data/placement/availability-zone-id': 'use1-az1',
  },
  commands: {
    [unitsShow('mnt-work.mount', 'slurm-node-agent-efs.service')]: `${mountShown('active')}\n${tunnelShown('active')}`,
    [unitsShow('mnt-work.mount')]: mountShown('active'),
  },
  servers: { '/mnt/work': { is: 'done' } },
  access: { '/mnt/work': { is: 'done' } },
} satisfies Script

/** What a look at a mounted file system may use, and no more: neither AWS nor DNS, and not the mount point itself. */
export const mounted = (source: string, port: string, changed: Partial<Script> = {}): Script => ({
  ...script,
  stats: { '/sbin/mount.efs': undefined, [confPath]: file },
  directories: {},
  files: { ...script.files, '/proc/self/mountinfo': mountinfo(nfsMount(source, port)) },
  ...changed,
})
