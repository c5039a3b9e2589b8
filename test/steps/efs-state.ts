import type { Config } from '../../src/config/schema.ts'
import type { ActionOutcome } from '../../src/engine/action.ts'
import type { Decision } from '../../src/engine/decision.ts'
import type { FileStat } from '../../src/engine/host.ts'
import { efs } from '../../src/steps/efs.ts'
import { destinationOf } from '../../src/steps/efs-destination.ts'
import type { Seen, Tunnel } from '../../src/steps/efs-seen.ts'
import { confText, unitText } from '../../src/steps/efs-tunnel.ts'
import type { Unit } from '../../src/steps/efs-units.ts'

export const config = {
  efs: {
    fileSystemId: 'fs-0123456789abcdef0',
    mountPoint: '/mnt/work',
    client: 'auto',
    tls: true,
    iam: false,
    deadlineSeconds: 900,
  },
} as const
export const dnsName = 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com'
export const base = 'UUID=r / ext4 defaults 0 1\n'
export const nfs = 'nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport'
export const systemd = '_netdev,nofail,x-systemd.mount-timeout=90s,x-slurm-node-agent'
export const fstab = `${base}127.0.0.1:/ /mnt/work nfs4 ${nfs},port=22049,${systemd} 0 0\n`
export const confPath = '/etc/slurm-node-agent/efs-stunnel.conf'
export const unitPath = '/etc/systemd/system/slurm-node-agent-efs.service'
export const tunnelUnit = 'slurm-node-agent-efs.service'

export const directory: FileStat = {
  kind: 'directory',
  mode: 0o755,
  owner: 'root:root',
  sizeBytes: 4096,
  changedAtMs: 0,
}
export const confStat: FileStat = { ...directory, kind: 'file', mode: 0o644, changedAtMs: 1_000 }
export const mountUnit: Unit = {
  name: 'mnt-work.mount',
  active: 'active',
  result: 'success',
  file: '/run/systemd/generator/mnt-work.mount',
  isOutdated: false,
  changedAtMs: 3_000,
  wants: [tunnelUnit],
}
export const runningTunnel: Unit = { ...mountUnit, name: tunnelUnit, file: unitPath, changedAtMs: 2_000, wants: [] }
export const tunnel: Tunnel = {
  files: { conf: confText(dnsName), confStat, unit: unitText('mnt-work.mount') },
  unit: runningTunnel,
  words: undefined,
}
export const settled: Seen = {
  client: 'stunnel',
  hasHelper: false,
  helperPackage: undefined,
  destination: destinationOf(config.efs, dnsName, 'stunnel'),
  connect: dnsName,
  fstab,
  mountPoint: { is: 'writable' },
  tunnelled: ['/mnt/work'],
  mountUnit,
  mountWords: undefined,
  tunnel,
}

export const way = { address: '10.0.1.5', isFallback: false } as const
export const open = { is: 'open', ...way } as const
export const bare = { is: 'bare', directory, holds: [], reachability: open } as const
export const unmounted = {
  ...settled,
  mountPoint: bare,
  tunnelled: [],
  mountUnit: { ...mountUnit, active: 'inactive' },
}
export const mount = {
  device: '0:50',
  root: '/',
  target: '/mnt/work',
  type: 'nfs4',
  source: '127.0.0.1:/',
  options: ['rw'],
}

export const act = (...actions: readonly object[]) => ({ is: 'act', actions })
export const exec = (because: string, ...argv: readonly string[]) => ({ do: 'exec', argv, because })
export const write = (path: string, was: string | undefined, content: string, because: string) => ({
  do: 'write' as const,
  path,
  content,
  was,
  mode: 0o644,
  ...(path === '/etc/fstab' && ({ keepsPermissions: true, check: 'fstab' } as const)),
  because,
})
export const because = 'the policy of a file system can mount it read-only for root'
export const writeTest = { do: 'write-test', directory: '/mnt/work', whileMounted: '/mnt/work', because } as const
export const start = (reason: string) => exec(reason, 'systemctl', 'start', 'mnt-work.mount')
export const converged = { is: 'converged', because: 'fs-0123456789abcdef0 is mounted on /mnt/work (stunnel)' }
export const wait = (code: string, reason: string) => ({ is: 'wait', code, for: reason })

export const decide = (
  changed: Partial<Seen>,
  past: readonly ActionOutcome[] = [],
  configured: Partial<Config['efs']> = {},
): Decision => efs.decide({ efs: { ...config.efs, ...configured } }, { ...settled, ...changed }, past)
export const withTunnel = (changed: {
  files?: Partial<Tunnel['files']>
  unit?: Partial<Unit>
  words?: string
}): Partial<Seen> => ({
  tunnel: {
    files: { ...tunnel.files, ...changed.files },
    unit: { ...tunnel.unit, ...changed.unit },
    words: changed.words,
  },
})

export const silence = '/mnt/work is mounted, but has not answered for 10 s'
