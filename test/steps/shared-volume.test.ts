import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import type { MountReply } from '../../src/engine/host.ts'
import { sharedVolume } from '../../src/steps/shared-volume.ts'
import type { Script } from '../fake-host.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { jobConfiguration } from './configuration.ts'
import { unitsShow } from './services.ts'

const config = jobConfiguration()
const configless = jobConfiguration({ slurm: { configless: true } })
const recordPath = '/mnt/work/slurm/frontend.json'
const record = '{"name":"frontend-server","address":"10.0.0.10","exports":"/mnt/shared"}'
const source = '10.0.0.10:/mnt/shared'
const entry = `${source} /mnt/shared nfs4 nfsvers=4.2,hard,_netdev,nofail,x-systemd.automount,x-systemd.mount-timeout=30s,x-slurm-node-agent 0 0\n`
const root = '26 1 259:0 / / rw,relatime shared:1 - ext4 /dev/nvme0n1 rw\n'
const trigger = '97 26 0:40 / /mnt/shared rw,relatime shared:90 - autofs systemd-1 rw,fd=32,direct\n'
const nfs = (from = source) =>
  `110 97 0:43 / /mnt/shared rw,relatime shared:93 - nfs4 ${from} rw,vers=4.2,hard,proto=tcp,addr=10.0.0.10\n`
const show = unitsShow('mnt-shared.mount', 'mnt-shared.automount')
const unit = (name: string, active: string, file: string, outdated = 'no') => `ActiveState=${active}
Result=success
FragmentPath=${file && `/run/systemd/generator/mnt-shared.${name}`}
StateChangeTimestamp=
NeedDaemonReload=${outdated}
Wants=
`
const shown = (mount: string, automount: string, file = 'yes', outdated?: string) =>
  `${unit('mount', mount, file, outdated)}\n${unit('automount', automount, file, outdated)}`
const directory = { kind: 'directory', mode: 0o755, owner: 'root:root', sizeBytes: 4096, changedAtMs: 0 } as const

const localKey = '/etc/munge/munge.key'
/** Which key the agent has put there. */
const keyRecord = '/var/lib/slurm-node-agent/munge-key.sha256'
const pointer = '/mnt/work/slurm/munge/current'
const [localConf, sharedConf] = ['/etc/slurm/slurm.conf', '/mnt/work/slurm/slurm.conf']
/** The key of the share, by the name of its file. */
const pointerTo = (target: string) =>
  ({ kind: 'symlink', mode: 0o777, owner: 'root:root', sizeBytes: 9, changedAtMs: 0, target }) as const
const inVain = '; meanwhile the front end has published another Munge key or slurm.conf, which the next run follows'

/** A machine on which it is mounted, with changes. */
function machine(changes: Script['files'] = {}, more: Omit<Script, 'files'> = {}): Script {
  return {
    ...more,
    sums: { [localKey]: 'a', ...more.sums },
    stats: { [pointer]: pointerTo('a.key'), ...more.stats },
    files: {
      [localConf]: 'ClusterName=slurm\n',
      [sharedConf]: 'ClusterName=slurm\n',
      [keyRecord]: 'a\n',
      [recordPath]: record,
      '/etc/fstab': entry,
      '/proc/self/mountinfo': `${root}${trigger}${nfs()}`,
      ...changes,
    },
    commands: { [show]: shown('active', 'active'), ...more.commands },
    servers: { '/mnt/shared': { is: 'done' }, ...more.servers },
  }
}
/** One on which nothing has been done yet. */
const bare = (more: Omit<Script, 'files'> = {}) =>
  machine(
    { '/etc/fstab': '', '/proc/self/mountinfo': root },
    {
      stats: { '/mnt/shared': undefined },
      directories: { '/mnt/shared': [] },
      tcp: { '10.0.0.10:2049': undefined },
      ...more,
      commands: { [show]: shown('inactive', 'inactive', ''), ...more.commands },
    },
  )
/** One on which it is mounted on demand only. */
const triggered = (more: Omit<Script, 'files'> = {}) =>
  machine(
    { '/proc/self/mountinfo': `${root}${trigger}` },
    {
      tcp: { '10.0.0.10:2049': undefined },
      ...more,
      commands: { [show]: shown('inactive', 'active'), ...more.commands },
    },
  )

async function decide(script: Script, past: readonly ActionOutcome[] = [], by = config) {
  return sharedVolume.decide(by, await sharedVolume.observe(by, fakeHost(script), signal), past)
}
async function argvs(script: Script): Promise<readonly string[]> {
  const decision = await decide(script)
  if (decision.is !== 'act') throw new Error(`it decides to ${JSON.stringify(decision)}`)
  return decision.actions.map((action) =>
    action.do === 'exec' ? action.argv.join(' ') : `${action.do} ${'path' in action ? action.path : ''}`,
  )
}
const startMount = 'systemctl start mnt-shared.mount'

describe('the shared volume', () => {
  test('has nothing to do once it is mounted and answers', async () => {
    expect(await decide(machine())).toEqual({ is: 'converged', because: `${source} is mounted on /mnt/shared` })
  })

  test('is put in fstab, with the automount before the mount', async () => {
    expect(await argvs(bare())).toEqual([
      'mkdir /mnt/shared',
      'write /etc/fstab',
      'systemctl daemon-reload',
      'systemctl start mnt-shared.automount',
    ])
    const decision = await decide(bare())
    const write = decision.is === 'act' ? decision.actions.find((action) => action.do === 'write') : undefined
    expect(write).toMatchObject({ content: entry, was: '', keepsPermissions: true, check: 'fstab' })
  })

  test('is mounted by its unit then', async () => {
    expect(await argvs(triggered())).toEqual([startMount])
  })

  test('is mounted where a person has unmounted it', async () => {
    expect(await argvs(triggered({ commands: { [show]: shown('inactive', 'active') } }))).toEqual([startMount])
  })

  test('has systemd read an fstab that a run that was cut off has written', async () => {
    const commands = { [show]: shown('inactive', 'inactive', 'yes', 'yes') }
    const script = { ...bare({ commands }), files: { ...bare().files, '/etc/fstab': entry } }
    expect(await argvs({ ...script, stats: { '/mnt/shared': directory } })).toEqual([
      'systemctl daemon-reload',
      'systemctl start mnt-shared.automount',
    ])
  })

  test('tells of files that it hides', async () => {
    const script = bare({ stats: { '/mnt/shared': directory }, directories: { '/mnt/shared': ['home'] } })
    const decision = await decide(script)
    expect(decision.is === 'act' && decision.actions.at(-1)).toMatchObject({
      argv: ['systemctl', 'start', 'mnt-shared.automount'],
      because: expect.stringMatching('; the mount hides what the bare directory holds: home$'),
    })
  })

  test('tells of them while it waits, too', async () => {
    const script = bare({ stats: { '/mnt/shared': directory }, directories: { '/mnt/shared': ['home'] } })
    expect(await decide({ ...script, files: { ...script.files, [recordPath]: undefined } })).toMatchObject({
      code: 'EXPORT_NOT_PUBLISHED',
      for: expect.stringMatching('volume; the mount hides what the bare directory holds: home$'),
    })
  })

  test.each([
    ['has not said so yet', undefined, ''],
    ['has left a damaged record', '{"name": "front', '; the one that is there is damaged'],
  ])('is waited for while the front end %s', async (_what, text, more) => {
    expect(await decide(machine({ [recordPath]: text }))).toEqual({
      is: 'wait',
      code: 'EXPORT_NOT_PUBLISHED',
      for: `the front end, which writes ${recordPath} once it exports its volume${more}`,
    })
  })

  test('is waited for while its server cannot be reached', async () => {
    const tcp = { '10.0.0.10:2049': { is: 'silent', because: 'no answer in 5 s' } as const }
    expect(await decide(triggered({ tcp }))).toEqual({
      is: 'wait',
      code: 'SHARED_VOLUME_UNREACHABLE',
      for: '10.0.0.10:2049: no answer in 5 s',
    })
  })

  test('has the last words of a mount that fails for its reason', async () => {
    const journal =
      'journalctl --unit=mnt-shared.mount --identifier=mount --boot --lines=3 --output=cat --quiet --no-pager'
    const words = 'mount.nfs4: access denied by server while mounting 10.0.0.10:/mnt/shared\n'
    const script = triggered({ commands: { [show]: shown('failed', 'active'), [journal]: words } })
    const decision = await decide(script)
    expect(decision.is === 'act' && decision.actions[0]?.obstacle).toEqual({
      code: 'SHARED_VOLUME_NOT_MOUNTED',
      for: `mnt-shared.mount fails; it said: ${words.trim()}`,
    })
  })

  test.each<[MountReply, string]>([
    [{ is: 'silent', afterMs: 10_000 }, '/mnt/shared is mounted, but has not answered for 10 s'],
    [{ is: 'stale' }, '/mnt/shared is mounted, but the server does not know it any more (stale file handle)'],
    [{ is: 'unmounted' }, '/mnt/shared was unmounted while it was looked at'],
    [{ is: 'error', because: 'EIO' }, '/mnt/shared is mounted, but answers with EIO'],
  ])('that is of no use is waited for: %o', async (answer, reason) => {
    expect(await decide(machine({}, { servers: { '/mnt/shared': answer } }))).toEqual({
      is: 'wait',
      code: 'SHARED_VOLUME_NOT_ANSWERING',
      for: reason,
    })
  })

  const notAnswering = {
    is: 'wait',
    code: 'SHARED_VOLUME_NOT_ANSWERING',
    for: '/mnt/shared is mounted, but has not answered for 10 s',
  } as const
  const endsInVain = (wait: { readonly for: string }) => ({ ...wait, for: `${wait.for}${inVain}`, inVain: true })

  test('that is of no use is waited for in vain once the front end has another key or slurm.conf', async () => {
    const servers = { '/mnt/shared': { is: 'silent', afterMs: 10_000 } } as const
    const replaced = { stats: { [pointer]: pointerTo('b.key') } }
    expect(await decide(machine({}, { servers, ...replaced }))).toEqual(endsInVain(notAnswering))
    const changed = { [sharedConf]: 'ClusterName=slurm\nReturnToService=2\n' }
    expect(await decide(machine(changed, { servers }))).toEqual(endsInVain(notAnswering))
    // It has none to compare yet, or fetches it.
    expect(await decide(machine({ ...changed, [localConf]: undefined }, { servers }))).toEqual(notAnswering)
    expect(await decide(machine(changed, { servers }), [], configless)).toEqual(notAnswering)
  })

  test.each([
    ['the front end has not said so', machine({ [recordPath]: undefined }), 'EXPORT_NOT_PUBLISHED'],
    [
      'its server cannot be reached',
      triggered({ tcp: { '10.0.0.10:2049': { is: 'silent', because: 'no answer in 5 s' } } }),
      'SHARED_VOLUME_UNREACHABLE',
    ],
  ])(
    'is waited for in vain, while %s, once the key is another, but not on a new machine',
    async (_what, script, code) => {
      const keys = { stats: { [pointer]: pointerTo('b.key') } }
      expect(await decide({ ...script, ...keys })).toMatchObject({ is: 'wait', code, inVain: true })
      // None, or that of the package.
      for (const sum of [undefined, 'c']) {
        expect(await decide({ ...script, ...keys, sums: { [localKey]: sum } })).not.toHaveProperty('inVain')
      }
      const files = { ...script.files, [sharedConf]: 'ClusterName=other\n' }
      expect(await decide({ ...script, files })).not.toHaveProperty('inVain')
    },
  )

  test('that cannot be mounted is tried once in a run whose key is another by now', async () => {
    const journal =
      'journalctl --unit=mnt-shared.mount --identifier=mount --boot --lines=3 --output=cat --quiet --no-pager'
    const script = triggered({
      commands: { [show]: shown('failed', 'active'), [journal]: 'access denied by server\n' },
      stats: { [pointer]: pointerTo('b.key') },
    })
    const first = await decide(script)
    const action = first.is === 'act' ? first.actions[0] : undefined
    if (action === undefined) throw new Error(`it decides to ${JSON.stringify(first)}`)
    expect(await decide(script, [{ is: 'failed', action, error: 'exit code 1' }])).toEqual({
      is: 'wait',
      code: 'SHARED_VOLUME_NOT_MOUNTED',
      for: `mnt-shared.mount fails; it said: access denied by server${inVain}`,
      inVain: true,
    })
  })

  test.each([
    [
      'another file system',
      root.replace('/ / rw', '/ /mnt/shared rw'),
      'SHARED_VOLUME_OTHER_MOUNT',
      /nvme0n1 \(ext4\)/,
    ],
    ['the volume of another front end', nfs('10.0.0.99:/mnt/shared'), 'SHARED_VOLUME_OTHER_MOUNT', /10\.0\.0\.99/],
    [
      'a mount over the directory above',
      `${nfs()}111 97 0:44 / /mnt rw - tmpfs tmpfs rw\n`,
      'SHARED_VOLUME_OTHER_MOUNT',
      /on \/mnt,/,
    ],
  ])('is refused where there is %s', async (_what, mounts, code, because) => {
    expect(await decide(machine({ '/proc/self/mountinfo': `${root}${mounts}` }))).toMatchObject({
      is: 'refuse',
      code,
      because: expect.stringMatching(because),
    })
  })

  test('is refused where fstab has an entry of somebody else', async () => {
    const fstab = `${source} /mnt/shared nfs defaults 0 0\n`
    expect(await decide(machine({ '/etc/fstab': fstab }))).toMatchObject({ is: 'refuse', code: 'FSTAB_CONFLICT' })
  })

  test.each(['mount', 'automount'])('is refused where somebody has a unit for its place: %s', async (suffix) => {
    const file = `/etc/systemd/system/mnt-shared.${suffix}`
    const units = shown('inactive', 'active').replace(`/run/systemd/generator/mnt-shared.${suffix}\n`, `${file}\n`)
    expect(await decide(triggered({ commands: { [show]: units } }))).toEqual({
      is: 'refuse',
      code: 'SHARED_VOLUME_OTHER_MOUNT',
      because: `${file} takes the place of what /etc/fstab says of /mnt/shared`,
      hint: 'remove that unit file, or choose another nfs.mountPoint',
    })
  })

  test('is refused where its place is no directory', async () => {
    const stats = { '/mnt/shared': { ...directory, kind: 'file' } as const }
    expect(await decide(bare({ stats }))).toMatchObject({ is: 'refuse', code: 'MOUNT_POINT_NOT_DIRECTORY' })
  })
})
