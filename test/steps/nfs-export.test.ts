import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { holdPath } from '../../src/steps/holds.ts'
import { nfsExport } from '../../src/steps/nfs-export.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { nfsMachine } from './nfs-machine.ts'
import {
  conf,
  confPath,
  dropIn,
  dropInPath,
  entry,
  exportsFile,
  exportsPath,
  oldEntry,
  ownRpcbind,
  serving,
  shown,
  v3Units,
} from './nfs-state.ts'
import { mountShown, unitsShow, unitsShown } from './services.ts'
import { settle } from './small-machine.ts'

const unit = 'nfs-server.service'
const config = configuration({ nfs: { clients: ['10.0.0.0/16'] } })
const network = { written: '10.0.0.0/16', shown: '10.0.0.0/16' }
const seen = {
  clients: [network],
  files: { own: exportsFile, others: [{ path: '/etc/exports', content: '' }] },
  server: serving,
  exported: [entry],
}
const converged = (because = '/mnt/shared is exported to 10.0.0.0/16', ...warnings: object[]) => ({
  is: 'converged',
  because,
  warnings,
})
const act = (...actions: object[]) => ({ is: 'act', actions })
const write = (path: string, content: string, because: string) => ({
  do: 'write',
  path,
  content,
  was: undefined,
  mode: 0o644,
  because,
})
const exportAll = {
  do: 'exec' as const,
  argv: ['exportfs', '-a'] as const,
  mayFail: true as const,
  because: '/mnt/shared is not exported to 10.0.0.0/16 as it should be',
}
const restart = {
  do: 'exec' as const,
  argv: ['systemctl', 'restart', unit] as const,
  because: 'it serves other versions of NFS',
}
const tried: ActionOutcome = { is: 'done', action: exportAll }
const withV3 = { threads: 8, v3: true, v4: true }

describe('nfs-export', () => {
  test.each([
    ['has nothing to do', {}, [], converged()],
    [
      'writes all its files before anything reads them',
      {
        files: { ...seen.files, own: undefined },
        server: { ...serving, conf: undefined, settings: withV3, running: withV3 },
        exported: [],
      },
      [],
      act(
        write(confPath, conf, 'the server has its defaults'),
        write(exportsPath, exportsFile, 'the volume is not exported'),
      ),
    ],
    [
      'brings up the server before it looks at what is exported',
      { server: { ...serving, running: withV3 }, exported: [] },
      [],
      act(restart),
    ],
    [
      'tells why the server does not serve what it should, though it was restarted',
      { server: { ...serving, running: withV3 } },
      [{ is: 'done' as const, action: restart }],
      expect.objectContaining({ is: 'refuse', code: 'NFS_VERSIONS_DIFFER' }),
    ],
    [
      'waits for a server that is starting',
      { server: { ...serving, service: { ...serving.service, active: 'activating' } } },
      [],
      { is: 'wait', code: 'NFS_NOT_EXPORTED', for: 'nfs-server.service, which is activating' },
    ],
    ['exports what is not exported', { exported: [] }, [], act(exportAll)],
    [
      'waits for what does not show up though exportfs did its work',
      { exported: [] },
      [tried],
      {
        is: 'wait',
        code: 'NFS_NOT_EXPORTED',
        for: 'exportfs -v to show /mnt/shared 10.0.0.0/16(rw,sync,no_subtree_check,root_squash,mountpoint)',
      },
    ],
    [
      'exports to the hosts that have an address, and names the others',
      {
        clients: [
          { written: 'job-1', shown: 'ip-10-0-0-5.ec2.internal' },
          { written: 'job-9', shown: undefined },
        ],
        files: {
          ...seen.files,
          own: exportsFile.replace(/.*10\.0.*\n/, (line) =>
            ['job-1', 'job-9'].map((name) => line.replace('10.0.0.0/16', name)).join(''),
          ),
        },
        exported: [{ ...entry, client: 'ip-10-0-0-5.ec2.internal' }],
      },
      [],
      converged('/mnt/shared is exported to ip-10-0-0-5.ec2.internal', {
        code: 'NFS_CLIENT_UNRESOLVED',
        text: 'job-9 does not resolve: nothing new is exported to it',
      }),
    ],
    [
      'says so when nobody is left',
      {
        clients: [{ written: 'job-9', shown: undefined }],
        files: { ...seen.files, own: exportsFile.replace('10.0.0.0/16', 'job-9') },
        exported: [],
      },
      [],
      converged('/mnt/shared is exported to no host that resolves', {
        code: 'NFS_CLIENT_UNRESOLVED',
        text: 'job-9 does not resolve: nothing new is exported to it',
      }),
    ],
    [
      'leaves the export to a host whose name does not resolve at the moment',
      {
        clients: [network, { written: 'job-1', shown: undefined }],
        files: { ...seen.files, own: `${exportsFile}${exportsFile.split('\n')[1]?.replace('10.0.0.0/16', 'job-1')}\n` },
        exported: [entry, { ...entry, client: 'ip-10-0-0-5.ec2.internal' }],
      },
      [],
      converged(undefined, {
        code: 'NFS_CLIENT_UNRESOLVED',
        text: 'job-1 does not resolve: nothing new is exported to it',
      }),
    ],
    [
      'is degraded by what others do, and leaves it to them',
      {
        server: {
          ...serving,
          settings: { ...serving.settings, threads: 64 },
          running: { ...serving.settings, threads: 64 },
        },
        files: { ...seen.files, others: [{ path: '/etc/exports', content: '/mnt/shared *(rw,no_root_squash)' }] },
        exported: [entry, oldEntry],
      },
      [],
      converged(
        undefined,
        {
          code: 'NFS_SETTING_OVERRIDDEN',
          text: `threads=8 of ${confPath} does not count: nfsconf --dump shows what a later file says`,
        },
        {
          code: 'NFS_EXPORTED_BY_OTHERS',
          text: `/etc/exports exports /mnt/shared *(${oldEntry.options.join(',')}): everybody may mount it, and root is root there`,
        },
      ),
    ],
    [
      'stops what it cannot mask',
      { server: ownRpcbind },
      [],
      act({ do: 'exec', argv: ['systemctl', 'stop', 'rpcbind.service'], because: 'only NFSv3 needs it' }),
    ],
    [
      'is degraded by what it could only stop',
      { server: { ...ownRpcbind, v3Units: ownRpcbind.v3Units.map((state) => ({ ...state, active: 'inactive' })) } },
      [],
      converged(undefined, {
        code: 'NFS_UNIT_NOT_MASKED',
        text: 'only stopped, for want of a mask: /etc/systemd/system/rpcbind.service',
      }),
    ],
    [
      'refuses to guess the clients',
      { clients: [] },
      [],
      {
        is: 'refuse',
        code: 'NFS_CLIENTS_UNKNOWN',
        because: 'the metadata service names no IPv4 network of the VPC',
        hint: 'set nfs.clients to the networks of the cluster, such as ["10.0.0.0/16"]',
      },
    ],
  ])('%s', (_behaviour, changed, past, decision) => {
    expect(nfsExport.decide(config, { ...seen, ...changed }, past)).toEqual(decision)
  })

  test('lets in everybody, as root, where the configuration says so', () => {
    const open = configuration({ nfs: { clients: ['*'], allowAnyClient: true, rootSquash: false } })
    const clients = [{ written: '*', shown: '*' }]
    expect(nfsExport.decide(open, { ...seen, clients, files: { ...seen.files, own: undefined } }, [])).toEqual(
      act(
        write(
          exportsPath,
          '# Made by slurm-node-agent.\n/mnt/shared *(rw,sync,no_subtree_check,no_root_squash,mountpoint)\n',
          'the volume is not exported',
        ),
      ),
    )
  })

  test('sees clients, files, server and table', async () => {
    const host = fakeHost({
      commands: {
        'nfsconf --dump': conf,
        [unitsShow(unit, 'mnt-shared.mount', ...v3Units)]: [
          unitsShown('active'),
          mountShown(),
          ...v3Units.map(() => 'LoadState=masked\nActiveState=inactive\nUnitFileState=masked\nNeedDaemonReload=no\n'),
        ].join('\n'),
        'exportfs -v': `/mnt/shared   \t10.0.0.0/16(${shown.join(',')})\n`,
      },
      directories: { '/etc/exports.d': ['slurm-node-agent.exports'] },
      stats: { [holdPath(unit)]: undefined },
      files: {
        [exportsPath]: exportsFile,
        [confPath]: conf,
        [dropInPath]: dropIn,
        '/etc/exports': '',
        '/proc/fs/nfsd/versions': '-3 +4 +4.1 +4.2\n',
        '/proc/fs/nfsd/threads': '8\n',
        '/sys/devices/system/cpu/online': '0-1\n',
      },
    })
    expect(await nfsExport.observe(config, host, signal)).toEqual(seen)
  })
})

describe('a machine', () => {
  const v3 = v3Units.join(' ')

  test('as the packages leave it is brought to NFSv4 alone, and is left alone after that', async () => {
    const machine = nfsMachine({ '/etc/exports': '# mine\n/srv 10.0.0.0/16(ro)\n' })
    expect(await settle(nfsExport, config, machine)).toEqual(converged())
    expect(machine.done).toEqual([
      `write ${confPath}`,
      `write ${exportsPath}`,
      `systemctl mask ${v3}`,
      `systemctl restart ${unit}`,
      `systemctl stop ${v3}`,
    ])
    expect(machine.content('/etc/exports')).toBe('# mine\n/srv 10.0.0.0/16(ro)\n')
    expect(machine.exported()).toEqual(['/srv 10.0.0.0/16', '/mnt/shared 10.0.0.0/16'])

    const before = machine.done.length
    expect(await settle(nfsExport, config, machine)).toEqual(converged())
    expect(machine.done.slice(before)).toEqual([])
  })

  const other = configuration({ nfs: { clients: ['10.1.0.0/16', '2001:db8::/32'], threads: 24 } })
  const others = exportsFile.replace(/.*10\.0.*\n/, (line) =>
    ['10.1.0.0/16', '2001:db8::/32'].map((client) => line.replace('10.0.0.0/16', client)).join(''),
  )

  test('follows the configuration without a restart, and keeps what somebody exported by hand', async () => {
    const machine = nfsMachine({ '/etc/exports': '' })
    await settle(nfsExport, config, machine)
    machine.exportByHand('/srv 10.9.9.9')
    machine.exportByHand('/mnt/shared 10.9.0.0/16', shown)
    const before = machine.done.length
    expect(await settle(nfsExport, other, machine)).toEqual(
      converged('/mnt/shared is exported to 10.1.0.0/16, 2001:db8::/32'),
    )
    expect(machine.done.slice(before)).toEqual([
      `write ${confPath}`,
      `write ${exportsPath}`,
      'rpc.nfsd 24',
      'exportfs -a',
      'exportfs -u 10.0.0.0/16:/mnt/shared',
      `write ${exportsPath}`,
    ])
    expect(machine.exported()).toEqual([
      '/mnt/shared 10.9.0.0/16',
      '/srv 10.9.9.9',
      '/mnt/shared 10.1.0.0/16',
      '/mnt/shared 2001:db8::/32',
    ])
    expect(machine.content(exportsPath)).toBe(others)
  })

  test('takes the export from whom the configuration left, wherever a run was cut off', async () => {
    for (let actions = 0; actions < 6; actions += 1) {
      const machine = nfsMachine({ '/etc/exports': '' })
      await settle(nfsExport, config, machine)
      await expect(settle(nfsExport, other, machine.cutOffAfter(actions))).rejects.toThrow('cut off')
      await settle(nfsExport, other, machine)
      expect(machine.exported()).toEqual(['/mnt/shared 10.1.0.0/16', '/mnt/shared 2001:db8::/32'])
      expect(machine.content(exportsPath)).toBe(others)
    }
  })

  test('gets NFSv3 back when that is configured', async () => {
    const machine = nfsMachine({ '/etc/exports': '' })
    await settle(nfsExport, config, machine)
    const before = machine.done.length
    const old = configuration({ nfs: { clients: ['10.0.0.0/16'], v3: true } })
    expect(await settle(nfsExport, old, machine)).toEqual(converged())
    expect(machine.done.slice(before)).toEqual([
      `write ${confPath}`,
      `systemctl unmask ${v3}`,
      'systemctl start rpcbind.socket rpc-statd.service',
      `systemctl restart ${unit}`,
    ])
  })

  test('goes on wherever a run was cut off', async () => {
    const whole = nfsMachine({ '/etc/exports': '' })
    await settle(nfsExport, config, whole)
    for (let actions = 0; actions < whole.done.length; actions += 1) {
      const machine = nfsMachine({ '/etc/exports': '' })
      await expect(settle(nfsExport, config, machine.cutOffAfter(actions))).rejects.toThrow('cut off')
      await settle(nfsExport, config, machine)
      expect(machine.done).toEqual(whole.done)
      expect(machine.exported()).toEqual(['/mnt/shared 10.0.0.0/16'])
    }
  })
})
