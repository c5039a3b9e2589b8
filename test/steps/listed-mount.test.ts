import { describe, expect, test } from 'vitest'
import { holdPath } from '../../src/steps/holds.ts'
import { listedMount, mountFirst } from '../../src/steps/listed-mount.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { unitsShow, unitsShown } from './services.ts'

const code = 'SLURM_STATE_NOT_MOUNTED'
const unit = 'slurmctld.service'
const device = '/dev/disk/by-label/state'
const failed = String.raw`systemctl is-failed srv-slurm.mount systemd-fsck@dev-disk-by\x2dlabel-state.service`
const find = 'find /srv/slurm -xdev ! -type d -print -quit'
const common = { mode: 0o755, owner: 'root:root', sizeBytes: 0, changedAtMs: 0 } as const
const mountedOn = '30 28 259:3 / /srv/slurm rw - ext4 /dev/nvme2n1 rw\n'

/** The disk is attached, the daemon does not run, and no file is on the bare directory, unless the script has it otherwise. */
function hostWith(mountinfo: string, { stats, commands }: Script, fstab = 'LABEL=state /srv/slurm ext4 nofail 0 2\n') {
  return fakeHost({
    commands: {
      [unitsShow(unit)]: unitsShown('inactive'),
      [find]: '',
      [failed]: { exitCode: 1, stdout: 'inactive\ninactive\n' },
      ...commands,
    },
    stats: {
      [device]: { ...common, kind: 'symlink' },
      [holdPath(unit)]: undefined,
      '/srv/slurm': { ...common, kind: 'directory' },
      ...stats,
    },
    files: { '/etc/fstab': fstab, '/proc/self/mountinfo': mountinfo },
  })
}

async function decide(mountinfo: string, script: Script, fstab?: string) {
  return mountFirst(await listedMount('/srv/slurm/slurmctld', unit, hostWith(mountinfo, script, fstab), signal), code)
}

const reload = {
  do: 'exec',
  argv: ['systemctl', 'daemon-reload'],
  because: 'systemd makes its mount units from /etc/fstab',
}
const because = '/srv/slurm is in /etc/fstab, and not mounted'
const start = { do: 'exec', argv: ['systemctl', 'start', 'srv-slurm.mount'], because } as const

describe('what /etc/fstab has for a directory', () => {
  test('is no matter of one on the root disk', async () => {
    expect(await decide('', {}, 'LABEL=root / ext4 defaults 0 1\n')).toBeUndefined()
  })

  test('needs nothing once it is mounted', async () => {
    expect(await decide(mountedOn, {})).toBeUndefined()
  })

  test('is waited for while its device is not there', async () => {
    expect(await decide('', { stats: { [device]: undefined } })).toEqual({
      is: 'wait',
      code,
      for: `${device}, which /etc/fstab has for /srv/slurm`,
    })
  })

  test('is waited for where it is for a person to mount', async () => {
    expect(await decide('', {}, 'LABEL=state /srv/slurm ext4 noauto 0 2\n')).toEqual({
      is: 'wait',
      code,
      for: '/srv/slurm, which a person mounts: /etc/fstab has it as noauto',
    })
  })

  test.each([
    ['a boot', { stats: { [device]: undefined } }, 'nofail'],
    ['a person', {}, 'noauto'],
  ])('is waited for with a word about a file that %s would hide', async (_who, script: Script, option) => {
    const commands = { [find]: '/srv/slurm/notes\n' }
    expect(await decide('', { ...script, commands }, `LABEL=state /srv/slurm ext4 ${option} 0 2\n`)).toMatchObject({
      is: 'wait',
      for: expect.stringMatching('; it would hide "/srv/slurm/notes"$'),
    })
  })

  test('is mounted once its device is there, which systemd does at boot alone', async () => {
    expect(await decide('', {})).toEqual({ is: 'act', actions: [reload, start] })
  })

  test.each(['inactive', 'failed'])('is mounted on no directory yet while the daemon is %s', async (active) => {
    const script = { stats: { '/srv/slurm': undefined }, commands: { [unitsShow(unit)]: unitsShown(active) } }
    expect(await decide('', script)).toEqual({ is: 'act', actions: [reload, start] })
  })

  test('is mounted from what is no device, too', async () => {
    const script = { commands: { 'systemctl is-failed srv-slurm.mount': { exitCode: 1, stdout: 'inactive\n' } } }
    expect(await decide('', script, '10.0.0.7:/state /srv/slurm nfs4 nofail 0 0\n')).toEqual({
      is: 'act',
      actions: [reload, start],
    })
  })

  test('tells what was in the way of the last try, which it waits for if it fails again', async () => {
    const said = 'mount: /srv/slurm: unknown filesystem type.'
    const journal = 'journalctl --unit=srv-slurm.mount --identifier=mount --identifier=systemd-fsck'
    const commands = {
      [failed]: 'failed\ninactive\n',
      [`${journal} --boot --lines=3 --output=cat --quiet --no-pager`]: `${said}\n`,
    }
    const obstacle = { code, for: `srv-slurm.mount fails; it said: ${said}` }
    expect(await decide('', { commands })).toEqual({
      is: 'act',
      actions: [reload, { ...start, because: `${because}; the last try said: ${said}`, obstacle }],
    })
  })

  describe('is not mounted over what is in use', () => {
    const refused = (...inTheWay: readonly string[]) => ({
      is: 'refuse',
      code: 'MOUNT_WOULD_HIDE_FILES',
      because: [because, ...inTheWay].join('; '),
      hint: 'stop slurm-node-agent.timer, slurmctld.service and all else that writes there; move what /srv/slurm holds away, mount it, move what counts to its place on it, run apply and start the timer; or remove the entry',
    })
    const jobState = '/srv/slurm/slurmctld/job_state'

    test.each(['active', 'activating', 'deactivating', 'reloading', 'unknown'])(
      'by a daemon that is %s',
      async (active) => {
        const commands = { [unitsShow(unit)]: unitsShown(active) }
        expect(await decide('', { commands })).toEqual(refused(`slurmctld.service is ${active}`))
      },
    )

    test('by a daemon that was stopped, and has left its files', async () => {
      expect(await decide('', { commands: { [find]: `${jobState}\n` } })).toEqual(
        refused(`it would hide "${jobState}"`),
      )
    })

    test('whatever the files are called', async () => {
      const told = String.raw`it would hide "/srv/slurm/a\nb"`
      expect(await decide('', { commands: { [find]: '/srv/slurm/a\nb\n' } })).toEqual(refused(told))
    })

    test('and both are told of', async () => {
      const commands = { [unitsShow(unit)]: unitsShown('active'), [find]: `${jobState}\n` }
      expect(await decide('', { commands })).toEqual(
        refused('slurmctld.service is active', `it would hide "${jobState}"`),
      )
    })

    test('and nothing is known where that cannot be looked at', async () => {
      const commands = { [find]: { exitCode: 1, stderr: 'Input/output error' } }
      await expect(decide('', { commands })).rejects.toThrow('Input/output error')
    })
  })

  test('holds its own files once another step has mounted it, in the middle of a look', async () => {
    const host = hostWith('', { commands: { [find]: '/srv/slurm/slurmctld/job_state\n' } })
    let looks = 0
    const read: typeof host.read = async (path) =>
      path === '/proc/self/mountinfo' && looks++ > 0 ? mountedOn : await host.read(path)
    expect(await listedMount('/srv/slurm/slurmctld', unit, { ...host, read }, signal)).toEqual({
      is: 'mounted',
      mountPoint: '/srv/slurm',
    })
  })
})
