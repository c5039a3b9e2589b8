import { describe, expect, test } from 'vitest'
import { inOrder } from '../../src/engine/graph.ts'
import { imageStepsOf, stepsOf } from '../../src/steps/roles.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration, jobConfiguration } from './configuration.ts'
import { packageQuery } from './package-query.ts'
import { file, smallMachine } from './small-machine.ts'

const steps = stepsOf(configuration())

/** What the step `packages` finds missing on a machine that has nothing: what it would install. */
async function installedFor(efs: object, dataVolume: object = {}, parts: object = {}): Promise<readonly string[]> {
  const config = configuration({
    packages: [],
    ...parts,
    efs: { fileSystemId: 'fs-0123456789abcdef0', ...efs },
    dataVolume: { volumeId: 'vol-0123456789abcdef0', ...dataVolume },
  })
  const locks = ['dpkg/lock-frontend', 'dpkg/lock', 'apt/lists/lock'].map((lock) => `/var/lib/${lock}`)
  const nothing = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, undefined]))
  const { host } = smallMachine({
    local: new Map([['/proc/stat', file('')]]),
    script: {
      commands: { [packageQuery]: '' },
      lockHolders: nothing([...locks, '/var/cache/apt/archives/lock']),
    },
  })
  const packages = stepsOf(config).find((step) => step.id === 'packages')
  const decide = await packages?.look(host, signal)
  const decision = decide?.([])
  const last = decision?.is === 'act' ? decision.actions.at(-1) : undefined
  return last?.do === 'exec' ? last.argv.slice(2).filter((argument) => !argument.startsWith('-')) : []
}

describe('the role frontend', () => {
  test('has these steps, in this order on display', () => {
    expect(steps.map((step) => step.id)).toEqual([
      'packages',
      'hostname',
      'efs',
      'munge-key',
      'munge-key-nodes',
      'data-volume',
      'front-end',
      'slurm-conf',
      'munge',
      'slurmctld',
      'old-export',
      'nfs-export',
      'node-record',
      'users',
      'homes',
      'hidden-files',
      'schedule',
    ])
  })

  test('has a graph without holes and circles', () => {
    const place = new Map(inOrder(steps).map((step, index) => [step.id, index]))
    for (const step of steps) {
      for (const id of step.after) expect(place.get(id)).toBeLessThan(place.get(step.id) ?? -1)
    }
  })

  test('begins with all that waits for nobody at once', () => {
    expect(steps.filter((step) => step.after.length === 0).map((step) => step.id)).toEqual([
      'packages',
      'hostname',
      'data-volume',
      'users',
      'schedule',
    ])
  })

  test('has each step that needs packages come after them, the data volume too where it is XFS', async () => {
    const config = configuration({ dataVolume: { volumeId: 'vol-0123456789abcdef0', fileSystem: 'xfs' } })
    const after = new Map(stepsOf(config).map((step) => [step.id, step.after]))
    for (const id of [
      'efs',
      'munge-key',
      'slurm-conf',
      'munge',
      'slurmctld',
      'old-export',
      'nfs-export',
      'data-volume',
    ]) {
      expect(after.get(id)).toContain('packages')
    }
    expect(await installedFor({ client: 'nfs' }, { fileSystem: 'xfs' })).toContain('xfsprogs')
  })

  test('has a daemon whose data is on the data volume wait for that, and no other', () => {
    const afterOf = (parts: object) => new Map(stepsOf(configuration(parts)).map((step) => [step.id, step.after]))
    const slurm = { stateSaveLocation: '/mnt/shared/slurmctld' }
    expect(afterOf({}).get('slurm-conf')).not.toContain('data-volume')
    expect(afterOf({ slurm }).get('slurm-conf')).toContain('data-volume')
    const accounting = { enabled: true, directory: '/srv/accounting/mysql' }
    expect(afterOf({ accounting }).get('accounting-database')).not.toContain('data-volume')
    expect(afterOf({ accounting: { enabled: true } }).get('accounting-database')).toContain('data-volume')
    const both = afterOf({ slurm, accounting })
    expect(both.get('slurm-conf')).toEqual(expect.arrayContaining(['data-volume', 'accounting-database']))
  })

  test('closes what the old script left open though the data volume does not come, and before it exports anew', () => {
    const after = new Map(steps.map((step) => [step.id, step.after]))
    expect(after.get('old-export')).toEqual(['packages'])
    expect(after.get('nfs-export')).toContain('old-export')
  })

  test('touches the keys, slurm.conf and the record only once it is the front end', () => {
    const after = new Map(steps.map((step) => [step.id, step.after]))
    for (const id of ['munge-key', 'slurm-conf', 'node-record']) expect(after.get(id)).toContain('front-end')
  })

  test('looks at no step that needs packages before they are installed', async () => {
    const unknown = fakeHost({})
    const before = steps.filter((step) => step.after.length === 0 && step.id !== 'packages')
    const looks = await Promise.allSettled(before.map((step) => step.look(unknown, signal)))
    for (const look of looks) expect(String(look.status === 'rejected' && look.reason)).not.toContain('dpkg-query')
  })

  const always = ['munge', 'slurmctld', 'slurm-client', 'nfs-kernel-server']
  const throughStunnel = ['nfs-common', 'stunnel4', 'ca-certificates', ...always]
  test.each([
    ['auto', throughStunnel],
    ['stunnel', throughStunnel],
    // amazon-efs-utils is in no archive: it is there, or the step refuses.
    ['efs-utils', ['nfs-common', ...always]],
    ['nfs', ['nfs-common', ...always]],
  ])('installs what its steps need, with the EFS client %s', async (client, names) => {
    expect(await installedFor({ client })).toEqual(names)
  })

  test('names each step for people, and ends each', () => {
    for (const step of steps) {
      expect(step.title).not.toBe('')
      expect(step.deadlineMs).toBeGreaterThanOrEqual(60_000)
    }
  })
})

describe('the role frontend with accounting', () => {
  const withAccounting = stepsOf(configuration({ packages: [], accounting: { enabled: true } }))

  test('has two steps more, before the controller, which dies without slurmdbd at first', () => {
    expect(inOrder(withAccounting)).toHaveLength(withAccounting.length)
    const ids = withAccounting.map(({ id }) => id)
    expect(ids.filter((id) => !steps.some((step) => step.id === id))).toEqual(['accounting-database', 'slurmdbd'])
    expect(ids.slice(ids.indexOf('front-end') + 1, ids.indexOf('old-export'))).toEqual([
      'accounting-database',
      'slurm-conf',
      'munge',
      'slurmdbd',
      'slurmctld',
    ])
    expect(withAccounting.find(({ id }) => id === 'slurmctld')?.after).toContain('slurmdbd')
  })

  test('does not have slurm.conf ask for a database that cannot be', () => {
    expect(withAccounting.find(({ id }) => id === 'slurm-conf')?.after).toContain('accounting-database')
  })

  test('installs what they need with all else', async () => {
    expect(await installedFor({ client: 'nfs' }, {}, { accounting: { enabled: true } })).toEqual([
      'nfs-common',
      'munge',
      'mariadb-server',
      'slurmctld',
      'slurmdbd',
      'slurm-client',
      'nfs-kernel-server',
    ])
  })
})

describe('the role job', () => {
  const members = stepsOf(jobConfiguration())

  test('has these steps, in this order on display', () => {
    expect(members.map((step) => step.id)).toEqual([
      'packages',
      'hostname',
      'efs',
      'node-record',
      'munge-key',
      'slurm-conf',
      'munge',
      'munge-key-told',
      'shared-volume',
      'users',
      'slurmd',
      'hidden-files',
      'schedule',
    ])
  })

  test('starts slurmd behind all that a job needs', () => {
    expect(inOrder(members)).toHaveLength(members.length)
    expect(members.find((step) => step.id === 'slurmd')?.after).toEqual([
      'packages',
      'hostname',
      'munge',
      'slurm-conf',
      'node-record',
      'users',
      'shared-volume',
    ])
  })

  test('claims a name first where it has a range, and not until it has the share', () => {
    const ranged = stepsOf(jobConfiguration({ hostname: 'job-[1-4]' }))
    expect(inOrder(ranged).map(({ id }) => id)).toHaveLength(members.length + 1)
    const after = new Map(ranged.map((step) => [step.id, step.after]))
    expect(after.get('node-name')).toEqual(['efs'])
    const naming = [...after].filter(([, before]) => before.includes('node-name')).map(([id]) => id)
    expect(naming).toEqual(['hostname', 'node-record', 'slurm-conf', 'munge-key-told', 'slurmd'])
  })

  test('waits for a front end that comes an hour later', () => {
    const waiting = ['munge-key', 'slurm-conf', 'shared-volume']
    for (const step of members.filter(({ id }) => waiting.includes(id))) expect(step.deadlineMs).toBe(3_600_000)
  })
})

describe.each([
  ['front ends', configuration()],
  ['job servers', jobConfiguration()],
])('an image for %s', (_role, config) => {
  test('is made one step after the other', () => {
    expect(imageStepsOf(config).map(({ id, after }) => [id, after])).toEqual([
      ['cloud-init', []],
      ['image-daemons', ['cloud-init']],
      ['packages', ['image-daemons']],
      ['image-units', ['packages']],
      ['image-identity', ['packages', 'image-units']],
    ])
  })
})

test.each([
  [
    'front end',
    configuration({ accounting: { enabled: true } }),
    [
      'mnt-work.mount',
      'slurm-node-agent-efs.service',
      'mariadb.service',
      'munge.service',
      'slurmdbd.service',
      'slurmctld.service',
      'nfs-server.service',
      'mnt-shared.mount',
      'rpcbind.socket',
      'rpcbind.service',
      'rpc-statd.service',
      'slurm-node-agent.timer',
    ],
  ],
  [
    'job server',
    jobConfiguration({ hostname: 'job-[1-4]' }),
    [
      'mnt-work.mount',
      'slurm-node-agent-efs.service',
      'munge.service',
      'mnt-shared.mount',
      'mnt-shared.automount',
      'slurmd.service',
      'slurm-node-agent.timer',
    ],
  ],
])('the steps of a %s tell of the units that they ask about', (_role, config, units) => {
  expect(stepsOf(config).flatMap(({ asksAbout = [] }) => asksAbout)).toEqual(units)
})
