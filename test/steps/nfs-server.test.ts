import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { holdPath } from '../../src/steps/holds.ts'
import {
  nfsServer,
  objectionToServer,
  overriddenSettings,
  type Server,
  toConfigure,
  toServe,
} from '../../src/steps/nfs-server.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { conf, confPath, dropIn, dropInPath, ownRpcbind, serving, v3Units } from './nfs-state.ts'
import { mountShown, running, unitsShow, unitsShown } from './services.ts'

const unit = 'nfs-server.service'
const config = configuration()
const settings = serving.settings
const withV3 = { ...settings, v3: true }
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })
const unneeded = 'only NFSv3 needs it'
const needed = 'NFSv3 needs it'
const restart = systemctl('it serves other versions of NFS', 'restart', unit)
const [socket, rpcbind, statd] = v3Units

/** As the packages leave it. */
const fresh: Server = {
  ...serving,
  conf: undefined,
  settings: { threads: 8, v3: true, v4: true },
  running: { threads: 8, v3: true, v4: true },
  v3Units: v3Units.map(running),
}

describe('the settings of the NFS server', () => {
  const write = (content: string, was: string | undefined, because: string) => [
    { do: 'write', path: confPath, content, was, mode: 0o644, because },
  ]

  test.each([
    ['are left alone when they are right', config, serving, []],
    ['are written', config, fresh, write(conf, undefined, 'the server has its defaults')],
    [
      'are written anew when they were edited',
      config,
      { ...serving, conf: 'x' },
      write(conf, 'x', 'it differs from the configuration'),
    ],
    [
      'have NFSv3 and another number of threads when that is configured',
      configuration({ nfs: { v3: true, threads: 40 } }),
      serving,
      write(
        conf.replace('vers3=n', 'vers3=y').replace('threads=8', 'threads=40'),
        conf,
        'it differs from the configuration',
      ),
    ],
  ])('%s', (_how, configured, server, actions) => {
    expect(toConfigure(configured, server)).toEqual(actions)
  })

  test.each([
    [0, 8],
    [1, 8],
    [2, 8],
    [3, 12],
    [16, 64],
    [64, 256],
    [192, 256],
  ])('have, with %d CPUs, %d threads', (cpus, threads) => {
    const written = { path: confPath, content: conf.replace('threads=8', `threads=${threads}`) }
    expect(toConfigure(config, { ...serving, conf: undefined, cpus })).toMatchObject([written])
  })

  test('tie the server to the mount of its volume', () => {
    const because = 'a server that starts before its volume is mounted answers nobody'
    expect(toConfigure(config, { ...serving, dropIn: 'x' })).toEqual([
      { do: 'write', path: dropInPath, content: dropIn, was: 'x', mode: 0o644, because },
      systemctl('unit files changed', 'daemon-reload'),
    ])
  })

  test('are told of where a later file says otherwise', () => {
    const warning = (setting: string) => ({
      code: 'NFS_SETTING_OVERRIDDEN',
      text: `${setting} of ${confPath} does not count: nfsconf --dump shows what a later file says`,
    })
    const all = ['vers3=n', 'vers4=y', 'threads=8'].map(warning)
    expect(overriddenSettings(config, { ...serving, settings: { threads: 64, v3: true, v4: false } })).toEqual(all)
    expect(overriddenSettings(config, { ...serving, settings: { ...settings, threads: 64 } })).toEqual([
      warning('threads=8'),
    ])
    expect(overriddenSettings(config, serving)).toEqual([])
  })
})

describe('the NFS server', () => {
  test.each([
    ['is left alone when it runs with its settings', serving, []],
    [
      'is restarted without NFSv3, between what keeps rpcbind from starting and what stops it',
      { ...fresh, settings },
      [systemctl(unneeded, 'mask', ...v3Units), restart, systemctl(unneeded, 'stop', ...v3Units)],
    ],
    [
      'goes on when only rpcbind is left, by a run that was cut off',
      { ...serving, v3Units: [{ ...running(`${socket}`), masked: true }, ...serving.v3Units.slice(1)] },
      [systemctl(unneeded, 'stop', `${socket}`)],
    ],
    [
      'goes on when what it does not need is only not masked',
      { ...serving, v3Units: serving.v3Units.map((state) => ({ ...state, masked: state.unit !== rpcbind })) },
      [systemctl(unneeded, 'mask', `${rpcbind}`)],
    ],
    [
      'goes on without a mask where somebody has a unit file in its place',
      ownRpcbind,
      [systemctl(unneeded, 'stop', `${rpcbind}`)],
    ],
    [
      'masks what has its unit file elsewhere',
      {
        ...ownRpcbind,
        v3Units: ownRpcbind.v3Units.map((state) => ({ ...state, file: state.file.replace('/etc', '/lib') })),
      },
      [systemctl(unneeded, 'mask', `${rpcbind}`), systemctl(unneeded, 'stop', `${rpcbind}`)],
    ],
    [
      'is restarted with NFSv3, behind what that needs',
      { ...serving, settings: withV3 },
      [systemctl(needed, 'unmask', ...v3Units), systemctl(needed, 'start', `${socket}`, `${statd}`), restart],
    ],
    [
      'is left alone with NFSv3, also while nobody has asked rpcbind for anything',
      {
        ...fresh,
        v3Units: v3Units.map((name) => ({ ...running(name), active: name === rpcbind ? 'inactive' : 'active' })),
      },
      [],
    ],
    [
      'goes on when the daemon of locks died',
      {
        ...fresh,
        v3Units: v3Units.map((name) => ({ ...running(name), active: name === statd ? 'failed' : 'active' })),
      },
      [systemctl(needed, 'start', `${statd}`)],
    ],
    [
      'gets other threads while it runs',
      { ...serving, running: { ...settings, threads: 64 } },
      [{ do: 'exec', argv: ['rpc.nfsd', '8'], because: 'it runs with 64 threads' }],
    ],
    [
      'gets threads when somebody took them all',
      { ...serving, running: { ...settings, threads: 0 } },
      [{ do: 'exec', argv: ['rpc.nfsd', '8'], because: 'it runs with 0 threads' }],
    ],
    [
      'is restarted, not told of threads, when the versions differ as well',
      { ...serving, running: { threads: 64, v3: false, v4: false } },
      [restart],
    ],
    [
      'is restarted when its volume was taken away and came back while it ran: who asked in between hangs',
      { ...serving, mount: { ...running('mnt-shared.mount'), activeSinceUs: 61_000_001 } },
      [systemctl('its volume was mounted after it was started', 'restart', unit)],
    ],
    ['is left alone while its volume is not mounted', { ...serving, mount: undefined }, []],
    ['is restarted when the kernel shows nothing of it', { ...serving, running: undefined }, [restart]],
    [
      'is started, which makes it read its settings',
      { ...serving, service: { ...serving.service, active: 'inactive', enabled: false }, running: withV3 },
      [systemctl('it must start at boot', 'enable', unit), systemctl('it is inactive', 'start', unit)],
    ],
    [
      'is started behind what NFSv3 needs: without, it would fail again',
      { ...serving, settings: withV3, service: { ...serving.service, active: 'failed' } },
      [
        systemctl(needed, 'unmask', ...v3Units),
        systemctl(needed, 'start', `${socket}`, `${statd}`),
        systemctl('it failed', 'reset-failed', unit),
        systemctl('it failed', 'start', unit),
      ],
    ],
    [
      'is waited for while it starts',
      { ...serving, service: { ...serving.service, active: 'activating' }, running: withV3 },
      [],
    ],
  ])('%s', (_what, server, actions) => {
    expect(toServe(server)).toEqual(actions)
  })

  const restarted: ActionOutcome = {
    is: 'done',
    action: { do: 'exec', argv: ['systemctl', 'restart', unit], because: '' },
  }
  const differing = { ...serving, running: withV3 }

  test.each([
    ['it serves other versions than it was restarted for', differing, 'NFSv3 and NFSv4'],
    ['it serves none', { ...serving, running: { threads: 8, v3: false, v4: false } }, 'nothing'],
    ['the kernel shows nothing of it', { ...serving, running: undefined }, 'nothing'],
  ])('is not restarted again when %s', (_what, server, serves) => {
    expect(objectionToServer(server, [restarted])).toEqual({
      is: 'refuse',
      code: 'NFS_VERSIONS_DIFFER',
      because: `nfs-server.service was restarted, and serves ${serves} instead of NFSv4`,
      hint: 'systemctl cat nfs-server.service shows how rpc.nfsd is started: its options count more than /etc/nfs.conf.d',
    })
  })

  test.each([
    ['has not been restarted yet', differing, []],
    ['could not be restarted', differing, [{ ...restarted, is: 'failed' as const, error: 'x' }]],
    ['serves what it should', serving, [restarted]],
    ['is down', { ...differing, service: { ...serving.service, active: 'failed' } }, [restarted]],
  ])('may be restarted when it %s', (_what, server, past) => {
    expect(objectionToServer(server, past)).toBeUndefined()
  })
})

describe('a look at the NFS server', () => {
  const stats = { [holdPath(unit)]: undefined }
  const dump = readFileSync(new URL('../fixtures/nfs/nfsconf-dump.txt', import.meta.url), 'utf8')
  const commands = {
    'nfsconf --dump': dump,
    [unitsShow(unit, 'mnt-shared.mount', ...v3Units)]: [
      unitsShown('active'),
      mountShown(),
      ...v3Units.map(() => unitsShown('active')),
    ].join('\n'),
  }
  const files = {
    [confPath]: conf,
    [dropInPath]: dropIn,
    '/proc/fs/nfsd/versions': '-3 +4 +4.1 +4.2\n',
    '/proc/fs/nfsd/threads': '8\n',
    '/sys/devices/system/cpu/online': '0-1\n',
  }

  test('takes the settings from all files, what runs from the kernel, the units from systemd', async () => {
    expect(await nfsServer(config, fakeHost({ commands, files, stats }), signal)).toEqual({
      ...serving,
      settings: { ...settings, threads: 16 },
      v3Units: v3Units.map(running),
    })
  })

  test('knows nothing of the server where its file system is not mounted', async () => {
    const bare = Object.fromEntries(Object.keys(files).map((path) => [path, undefined]))
    const found = await nfsServer(config, fakeHost({ commands, files: bare, stats }), signal)
    expect(found).toMatchObject({ conf: undefined, dropIn: undefined, running: undefined, cpus: 0 })
  })
})
