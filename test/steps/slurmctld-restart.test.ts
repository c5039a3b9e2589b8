import { expect, test } from 'vitest'
import type { Executed } from '../../src/engine/host.ts'
import { restartTrouble } from '../../src/steps/slurmctld-restart.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { answeringDatabase } from './accounting-machine.ts'
import { claim, claimedFrontEnd, linkTo, other, state, volume } from './claimed-front-end.ts'
import { configuration } from './configuration.ts'
import { base, decoy, ec2, lsblk, root } from './data-volume-machine.ts'
import { unitsShow, unitsShown } from './services.ts'

const slurmctld = unitsShow('slurmctld.service')
const directory = '/srv/accounting/mysql'
const accounting = 'timeout --kill-after=2 20 sacctmgr --noheader --parsable2 show cluster format=cluster'

async function trouble({ files, stats, commands, ...others }: Script, parts = {}): Promise<string> {
  const machine = {
    ...others,
    ...claimedFrontEnd,
    metadata: { ...others.metadata, ...claimedFrontEnd.metadata },
    directories: { ...others.directories, ...claimedFrontEnd.directories },
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
  const shown = unitsShown(active).replace('=enabled', active === 'active' ? '=enabled' : '=disabled')
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
  const parts = { accounting: { enabled: true, directory } }
  const database = answeringDatabase(directory)
  const withAnswer = (answer: string | Partial<Executed>) =>
    trouble({ ...database, commands: { ...database.commands, [accounting]: answer } }, parts)
  expect(await withAnswer('slurm-cluster\n')).toBe('')
  expect(await withAnswer({ exitCode: 1, stderr: 'refused' })).toBe('slurmdbd does not answer: refused')
})

test('with accounting, not where its database is refused', async () => {
  const machine = answeringDatabase(directory, '113:118')
  expect(await trouble(machine, { accounting: { enabled: true, directory } })).toMatch(
    /^accounting-database: ACCOUNTING_DIRECTORY_TAKEN: /,
  )
})

test.each([
  ['the state is', { slurm: { stateSaveLocation: '/mnt/shared/slurmctld' } }],
  ['the database is', { accounting: { enabled: true } }],
])('not where %s on a data volume that is not there', async (_what, parts) => {
  const machine = { ...base, ...ec2, commands: lsblk(decoy, root) }
  expect(await trouble(machine, parts)).toMatch(/^data-volume: EC2_DENIED: /)
})
