import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { listedMount, mountFirst, tellOfHiddenBy } from '../../src/steps/listed-mount.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'

const code = 'SLURM_STATE_NOT_MOUNTED'
const device = '/dev/disk/by-label/state'
const failed = String.raw`systemctl is-failed srv-slurm.mount systemd-fsck@dev-disk-by\x2dlabel-state.service`
const attached = {
  stats: { [device]: { kind: 'symlink', mode: 0o777, owner: 'root:root', sizeBytes: 0, changedAtMs: 0 } },
} as const

/** Nothing is on the bare directory. */
async function decide(mountinfo: string, script: Script, fstab = 'LABEL=state /srv/slurm ext4 nofail 0 2\n') {
  const host = fakeHost({
    directories: { '/srv/slurm': [] },
    ...script,
    files: { '/etc/fstab': fstab, '/proc/self/mountinfo': mountinfo },
  })
  return mountFirst(await listedMount('/srv/slurm/slurmctld', host, signal), code)
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
    expect(await decide('30 28 259:3 / /srv/slurm rw - ext4 /dev/nvme2n1 rw\n', {})).toBeUndefined()
  })

  test('is waited for while its device is not there', async () => {
    expect(await decide('', { stats: { [device]: undefined } })).toEqual({
      is: 'wait',
      code,
      for: `${device}, which /etc/fstab has for /srv/slurm`,
    })
  })

  test('is mounted once its device is there, which systemd does at boot alone', async () => {
    const script = { ...attached, commands: { [failed]: { exitCode: 1, stdout: 'inactive\ninactive\n' } } }
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
    expect(await decide('', { ...attached, commands })).toEqual({
      is: 'act',
      actions: [reload, { ...start, because: `${because}; the last try said: ${said}`, obstacle }],
    })
  })

  test('is told to hide what the bare directory holds, before and after', async () => {
    const commands = { [failed]: { exitCode: 1 } }
    const hidden = 'the mount hides what the bare directory holds: slurmctld'
    const action = { ...start, because: `${because}; ${hidden}` } as const
    const directories = { '/srv/slurm': ['slurmctld'] }
    expect(await decide('', { ...attached, commands, directories })).toEqual({ is: 'act', actions: [reload, action] })
    const past: ActionOutcome[] = [{ is: 'done', action }]
    expect(tellOfHiddenBy({ is: 'mounted', mountPoint: '/srv/slurm' }, { is: 'converged', because }, past)).toEqual({
      is: 'converged',
      because,
      warnings: [{ code: 'MOUNT_HIDES_FILES', text: `/srv/slurm: ${hidden}` }],
    })
  })
})
