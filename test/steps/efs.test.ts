import { describe, expect, test } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import type { Action, ActionOutcome } from '../../src/engine/action.ts'
import { efs } from '../../src/steps/efs.ts'
import type { Seen } from '../../src/steps/efs-seen.ts'
import { confText, unitText } from '../../src/steps/efs-tunnel.ts'
import {
  act,
  bare,
  base,
  config,
  confPath,
  confStat,
  converged,
  decide,
  dnsName,
  exec,
  fstab,
  mountUnit,
  open,
  runningTunnel,
  settled,
  silence,
  start,
  tunnelUnit,
  unitPath,
  unmounted,
  wait,
  way,
  withTunnel,
  write,
  writeTest,
} from './efs-state.ts'

const nothingThere: Seen = {
  ...settled,
  fstab: base,
  mountPoint: { ...bare, directory: undefined },
  mountUnit: { ...mountUnit, active: 'inactive', file: '', wants: [] },
  tunnel: {
    files: { conf: undefined, confStat: undefined, unit: undefined },
    unit: { ...runningTunnel, active: 'inactive', file: '' },
    words: undefined,
  },
}
const preparations = [
  { do: 'mkdir', path: '/mnt/work', mode: 0o755, because: 'the mount point is missing' },
  write(confPath, undefined, confText(dnsName), 'the tunnel needs it'),
  write(unitPath, undefined, unitText('mnt-work.mount'), 'the tunnel needs it'),
  write('/etc/fstab', base, fstab, 'the file system must be mounted at each boot'),
  exec('the mount must bring it up', 'systemctl', 'reenable', tunnelUnit),
  exec('it is inactive', 'systemctl', 'start', tunnelUnit),
]

describe('EFS through the tunnel', () => {
  test('asks for nothing when all is as it should be', () => {
    expect(decide({})).toEqual(converged)
  })

  test('brings all about on a new machine, and tries to write at the end', () => {
    expect(decide(nothingThere)).toEqual(act(...preparations, start('/mnt/work is not mounted'), writeTest))
  })

  test('puts all but the mount in place while the mount target is being created', () => {
    const zone = { availabilityZone: 'us-east-1a', availabilityZoneId: 'use1-az1' }
    const mountTarget = { ...zone, ipAddress: '10.0.1.5', state: 'creating' }
    const mountPoint = {
      ...bare,
      directory: undefined,
      reachability: { is: 'mount-target-not-ready', mountTarget },
    } as const
    expect(decide({ ...nothingThere, mountPoint })).toEqual(act(...preparations))
  })

  test('connects by the address while the name does not resolve, and has the certificate verified by name', () => {
    const byAddress = confText(dnsName, '10.0.1.5')
    expect(byAddress).toContain(`connect = 10.0.1.5:2049\n`)
    expect(byAddress).toContain(`checkHost = ${dnsName}\n`)
    expect(decide({ ...unmounted, connect: '10.0.1.5' })).toEqual(
      act(
        write(confPath, confText(dnsName), byAddress, 'it was changed'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
        exec('it runs with an older configuration', 'systemctl', 'reload', tunnelUnit),
        start('/mnt/work is not mounted'),
        writeTest,
      ),
    )
    expect(decide({ connect: '10.0.1.5', ...withTunnel({ files: { conf: byAddress } }) })).toEqual(converged)
  })

  test('goes back to the name once that resolves, and cuts off nobody', () => {
    const byAddress = confText(dnsName, '10.0.1.5')
    expect(decide(withTunnel({ files: { conf: byAddress } }))).toEqual(
      act(
        write(confPath, byAddress, confText(dnsName), 'it was changed'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
        exec('it runs with an older configuration', 'systemctl', 'reload', tunnelUnit),
      ),
    )
  })

  test('mounts again what was unmounted, and does nothing else', () => {
    expect(decide(unmounted)).toEqual(act(start('/mnt/work is not mounted'), writeTest))
  })

  test('tells what the mount will hide, and why the last try failed', () => {
    const holds = ['a', 'b', 'c', 'd']
    const mountWords = 'mount.nfs4: access denied by server while mounting 127.0.0.1:/'
    expect(decide({ ...unmounted, mountPoint: { ...bare, holds }, mountWords })).toEqual(
      act(
        start(
          `/mnt/work is not mounted; the mount hides what the bare directory holds: a, b, c, …; the last try said: ${mountWords}`,
        ),
        writeTest,
      ),
    )
  })

  test.each<[string, Partial<Seen>, readonly object[]]>([
    [
      'puts back a changed fstab entry',
      { fstab: `${base}127.0.0.1:/ /mnt/work nfs4 rw,x-slurm-node-agent 0 0\n` },
      [
        write(
          '/etc/fstab',
          `${base}127.0.0.1:/ /mnt/work nfs4 rw,x-slurm-node-agent 0 0\n`,
          fstab,
          'the file system must be mounted at each boot',
        ),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
      ],
    ],
    [
      'puts back a lost configuration of the tunnel, and has it read',
      withTunnel({ files: { conf: undefined, confStat: undefined } }),
      [
        write(confPath, undefined, confText(dnsName), 'the tunnel needs it'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
        exec('it runs with an older configuration', 'systemctl', 'reload', tunnelUnit),
      ],
    ],
    [
      'has a configuration read that was written after the start of the tunnel',
      withTunnel({ files: { confStat: { ...confStat, changedAtMs: 2_001 } } }),
      [exec('it runs with an older configuration', 'systemctl', 'reload', tunnelUnit)],
    ],
    [
      'puts back a changed unit, and does not cut off who is writing',
      withTunnel({ files: { unit: '[Service]\n' } }),
      [
        write(unitPath, '[Service]\n', unitText('mnt-work.mount'), 'it was changed'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
      ],
    ],
    [
      'has systemd read what an earlier run wrote before it was cut off',
      { mountUnit: { ...mountUnit, isOutdated: true } },
      [exec('systemd has not read the files of mnt-work.mount', 'systemctl', 'daemon-reload')],
    ],
    [
      'ties the tunnel to the mount again',
      { mountUnit: { ...mountUnit, wants: [] } },
      [exec('the mount must bring it up', 'systemctl', 'reenable', tunnelUnit)],
    ],
    [
      'starts a tunnel that was stopped',
      withTunnel({ unit: { active: 'inactive' } }),
      [exec('it is inactive', 'systemctl', 'start', tunnelUnit)],
    ],
    [
      'starts a tunnel that was stopped under a mount that hangs for it',
      { mountPoint: { is: 'hanging', silence, reachability: open }, ...withTunnel({ unit: { active: 'failed' } }) },
      [exec('it is failed', 'systemctl', 'start', tunnelUnit)],
    ],
  ])('%s', (_behaviour, changed, actions) => {
    expect(decide(changed)).toEqual(act(...actions))
  })

  test('leaves to systemd a tunnel that it is starting, and mounts nothing meanwhile', () => {
    const words = '[!] Error binding efs to 127.0.0.1:22049'
    expect(decide({ ...unmounted, ...withTunnel({ unit: { active: 'activating' }, words }) })).toEqual(
      wait('EFS_TUNNEL_DOWN', `slurm-node-agent-efs.service is activating; it said: ${words}`),
    )
  })

  const silent = { is: 'silent', trouble: 'no answer in 5 s', ...way } as const
  test.each<[string, Partial<Seen>, string]>([
    ['EFS_PORT_SILENT', { mountPoint: { ...bare, reachability: silent } }, '10.0.1.5, TCP port 2049: no answer in 5 s'],
    ['EFS_TUNNEL_DOWN', withTunnel({ unit: { active: 'activating' } }), `${tunnelUnit} is activating`],
  ])('tells in a wait what systemd would hide at a boot: %s', (code, changed, reason) => {
    const mountPoint = { ...bare, ...changed.mountPoint, holds: ['data'] } as const
    expect(decide({ ...unmounted, ...changed, mountPoint })).toEqual(
      wait(code, `${reason}; the mount hides what the bare directory holds: data`),
    )
  })

  test('does not take the tunnel for stale again that has taken its file up, which the clock may have been set back behind', () => {
    const stale = withTunnel({ files: { confStat: { ...confStat, changedAtMs: Number.MAX_SAFE_INTEGER } } })
    const reload: Action = {
      do: 'exec',
      argv: ['systemctl', 'reload', tunnelUnit],
      because: 'it runs with an older configuration',
    }
    const rewrite = write(confPath, undefined, confText(dnsName), 'the tunnel needs it')
    const past = (...actions: readonly Action[]) => actions.map((action) => ({ is: 'done', action }) as const)
    expect(decide(stale)).toEqual(act(reload))
    expect(decide(stale, past(rewrite, reload))).toEqual(converged)
    expect(decide(stale, past(reload, rewrite))).toEqual(act(reload))
    expect(decide(stale, [{ is: 'failed', action: reload, error: 'no' }])).toEqual(act(reload))
  })

  test('tries again to write after that failed, until it succeeds', () => {
    const action: Action = writeTest
    const failed: ActionOutcome = { is: 'failed', action, error: 'EROFS: read-only file system' }
    const obstacle = {
      code: 'EFS_READ_ONLY',
      for: '/mnt/work is mounted, but a file could not be written: EROFS: read-only file system',
    }
    expect(decide({}, [failed])).toEqual(act({ ...writeTest, obstacle }))
    expect(decide({}, [failed, { is: 'done', action }])).toEqual(converged)
  })
})

const needed = (configured: Partial<Config['efs']>) => efs.packages?.({ efs: { ...config.efs, ...configured } })

test.each<[Partial<Config['efs']>, readonly string[]]>([
  [{ client: 'auto' }, ['stunnel4', 'ca-certificates']],
  [{ client: 'stunnel' }, ['stunnel4', 'ca-certificates']],
  [{ client: 'auto', tls: false }, []],
  [{ client: 'auto', iam: true }, []],
  [{ client: 'efs-utils' }, []],
  [{ client: 'nfs' }, []],
])('needs stunnel and the trust store only where a tunnel may be: %j', (configured, more) => {
  expect(needed(configured)).toEqual(['nfs-common', ...more])
})
