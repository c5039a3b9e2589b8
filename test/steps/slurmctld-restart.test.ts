import { expect, test } from 'vitest'
import { restartTrouble } from '../../src/steps/slurmctld-restart.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { claim, claimedFrontEnd, linkTo, other, state, volume } from './claimed-front-end.ts'
import { configuration } from './configuration.ts'
import { serviceShow, serviceShown } from './services.ts'

const slurmctld = serviceShow('slurmctld.service')
const accounting = 'timeout --kill-after=2 20 sacctmgr --noheader --parsable2 show cluster format=cluster'

async function trouble({ files, stats, commands }: Script, parts = {}): Promise<string> {
  const machine = {
    ...claimedFrontEnd,
    files: { ...claimedFrontEnd.files, ...files },
    stats: { ...claimedFrontEnd.stats, ...stats },
    commands: { ...claimedFrontEnd.commands, ...commands },
  }
  return await restartTrouble(configuration(parts), fakeHost(machine), signal)
}

test('slurmctld would be started again by the front end, with a slurm.conf that is to be written', async () => {
  expect(await trouble({})).toBe('')
})

test.each([
  [
    'inactive',
    `FRONT_END_ELSEWHERE: ${volume}: mounted here it shows that ${other} is out of the way; if that is gone for good, remove ${claim}`,
  ],
  ['active', `${other} is the front end`],
])('not while another instance is the front end, and slurmctld %s here', async (active, reason) => {
  const shown = serviceShown(active).replace('=enabled', active === 'active' ? '=enabled' : '=disabled')
  const machine = { stats: { [claim]: linkTo(`${other}/${volume}`) }, commands: { [slurmctld]: shown } }
  expect(await trouble(machine)).toBe(`front-end: ${reason}`)
})

test('likewise where its state is on the share', async () => {
  const slurm = { stateSaveLocation: '/mnt/work/slurmctld' }
  const stats = { '/mnt/work/slurmctld': claimedFrontEnd.stats[state], '/mnt/work': undefined }
  expect(await trouble({ stats }, { slurm })).toBe('')
})

test('not before there is a claim', async () => {
  const machine = { stats: { [claim]: undefined }, files: { '/mnt/work/slurm/frontend.json': undefined } }
  expect(await trouble(machine)).toBe('front-end: no instance is the front end yet')
})

test('not where slurm.conf is refused', async () => {
  expect(await trouble({ stats: { [state]: linkTo('/elsewhere') } })).toBe(
    `slurm-conf: SLURM_DIRECTORY_TAKEN: ${state} is a symbolic link to /elsewhere, no directory; move ${state} away, or put a directory there`,
  )
})

test('not where slurm.conf waits for a disk', async () => {
  const files = { '/etc/fstab': `/dev/sdg ${state} ext4 defaults 0 2\n` }
  const commands = { [`find ${state} -xdev ! -type d -print -quit`]: '' }
  expect(await trouble({ files, stats: { '/dev/sdg': undefined }, commands })).toBe(
    `slurm-conf: SLURM_STATE_NOT_MOUNTED: /dev/sdg, which /etc/fstab has for ${state}`,
  )
})

test('with accounting, not where slurmdbd does not answer', async () => {
  const parts = { accounting: { enabled: true } }
  expect(await trouble({ commands: { [accounting]: 'slurm-cluster\n' } }, parts)).toBe('')
  expect(await trouble({ commands: { [accounting]: { exitCode: 1, stderr: 'refused' } } }, parts)).toBe(
    'slurmdbd does not answer: refused',
  )
})
