import { expect, test } from 'vitest'
import { frontEnd } from '../../src/steps/front-end.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'

const share = '/mnt/work/slurm'
const path = `${share}/front-end`
const [own, other] = ['i-0123456789abcdef0', 'i-0aaaaaaaaaaaaaaaa']
const link = { do: 'symlink', path, target: own, whileMounted: '/mnt/work' } as const
const mounted = '29 1 259:1 / /mnt/shared rw,relatime - ext4 /dev/nvme1n1 rw\n'
const ask =
  'systemctl show --timestamp=us+utc --property=ActiveState,UnitFileState,LoadState,NeedDaemonReload,ExecMainStartTimestamp,ActiveEnterTimestampMonotonic,FragmentPath slurmctld.service'

interface Machine {
  readonly claim?: string
  readonly isLink?: boolean
  readonly hasVolume?: boolean
  readonly hasShare?: boolean
  /** Asked for only where it is given. */
  readonly slurmctld?: 'active' | 'inactive'
}

async function decided({ claim, isLink = true, hasVolume = false, hasShare = true, slurmctld }: Machine) {
  const config = configuration()
  const facts = { mode: 0o777, owner: 'root:root', sizeBytes: 19, changedAtMs: 0 }
  const stat = isLink
    ? { ...facts, kind: 'symlink' as const, target: claim ?? '' }
    : { ...facts, kind: 'file' as const }
  const script: Script = {
    metadata: { 'meta-data/instance-id': `${own}\n` },
    stats: {
      [path]: claim === undefined ? undefined : stat,
      [share]: hasShare ? { ...facts, kind: 'directory' } : undefined,
    },
    files: { '/proc/self/mountinfo': hasVolume ? mounted : '' },
    ...(slurmctld !== undefined && { commands: { [ask]: `ActiveState=${slurmctld}\n` } }),
  }
  return frontEnd.decide(config, await frontEnd.observe(config, fakeHost(script), signal), [])
}

test('the first instance claims the share', async () => {
  const because = 'no instance is the front end yet'
  expect(await decided({})).toEqual({ is: 'act', actions: [{ ...link, because }] })
  expect(await decided({ hasShare: false })).toEqual({
    is: 'act',
    actions: [
      {
        do: 'mkdir',
        path: share,
        mode: 0o755,
        whileMounted: '/mnt/work',
        because: 'the cluster shares its configuration there',
      },
      { ...link, because },
    ],
  })
})

test.each([true, false])(
  'converged on the instance that is the front end, with its volume or without (%j)',
  async (hasVolume) => {
    expect(await decided({ claim: own, hasVolume })).toEqual({
      is: 'converged',
      because: `it is this instance, ${own}`,
    })
  },
)

test('takes over from another instance with the data volume, which is at one instance only', async () => {
  expect(await decided({ claim: other, hasVolume: true, slurmctld: 'inactive' })).toEqual({
    is: 'act',
    actions: [{ ...link, was: other, because: `the data volume is here: ${other} is the front end no more` }],
  })
})

const wait = (who: string) => ({
  is: 'wait',
  code: 'FRONT_END_ELSEWHERE',
  for: `the data volume, which shows that ${who} is out of the way; if it is gone for good, remove ${path}`,
})

test('waits for the volume while another instance is the front end', async () => {
  expect(await decided({ claim: other, slurmctld: 'inactive' })).toEqual(wait(other))
})

test('slurmctld is stopped where another instance is the front end by now', async () => {
  expect(await decided({ claim: other, slurmctld: 'active' })).toEqual({
    is: 'act',
    actions: [{ do: 'exec', argv: ['systemctl', 'stop', 'slurmctld.service'], because: `${other} is the front end` }],
  })
})

test('what is no link is left, whether the volume is there or not', async () => {
  const who = `${path}, which is no link to an instance`
  expect(await decided({ claim: other, isLink: false, slurmctld: 'inactive' })).toEqual(wait(who))
  expect(await decided({ claim: other, isLink: false, hasVolume: true, slurmctld: 'inactive' })).toEqual(wait(who))
})
