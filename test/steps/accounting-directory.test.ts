import { expect, test } from 'vitest'
import { accountingDatabase } from '../../src/steps/accounting-database.ts'
import {
  beside,
  conf,
  config,
  configured,
  converged,
  installDb,
  installed,
  machineWith,
  mariadbConf,
  mountinfo,
  moved,
  own,
} from './accounting-machine.ts'
import { directory, file, settle, type Tree, takeTurn } from './small-machine.ts'

test('it is made beside its place and renamed', async () => {
  const machine = machineWith(installed())
  expect(await settle(accountingDatabase, moved, machine)).toEqual(converged)
  expect(machine.done.slice(0, 5)).toEqual([
    installDb(beside),
    `sync --file-system ${beside}`,
    `mv --no-target-directory ${beside} /srv/accounting/mysql`,
    'sync /srv/accounting',
    `write ${mariadbConf}`,
  ])
  expect(machine.content(mariadbConf)).toBe(conf('/srv/accounting/mysql', 896))
})

test('what a run that was cut off has left is made anew', async () => {
  const tree = installed().set(beside, directory(0o700)).set(`${beside}/mysql`, directory(0o700))
  const machine = machineWith(tree)
  expect(await settle(accountingDatabase, moved, machine)).toEqual(converged)
  expect(machine.done.slice(0, 2)).toEqual([`find ${beside} -xdev -delete`, installDb(beside)])
})

test('it takes no directory that holds something else', async () => {
  const tree = installed()
    .set('/srv/accounting/mysql', directory(0o755))
    .set('/srv/accounting/mysql/lost+found', directory(0o700))
  expect(await takeTurn(accountingDatabase, moved, machineWith(tree), [])).toEqual({
    is: 'refuse',
    code: 'ACCOUNTING_DIRECTORY_TAKEN',
    because: '/srv/accounting/mysql holds "lost+found", and no database',
    hint: 'move it away, or choose another accounting.directory',
  })
})

test('it takes no database of the mysql of another machine', async () => {
  const tree = installed()
  await settle(accountingDatabase, moved, machineWith(tree))
  tree.set('/srv/accounting/mysql/mysql', directory(0o700, '113:118'))
  expect(await takeTurn(accountingDatabase, moved, machineWith(tree), [])).toEqual({
    is: 'refuse',
    code: 'ACCOUNTING_DIRECTORY_TAKEN',
    because:
      'the database in /srv/accounting/mysql belongs to 113:118, not to mysql, as one that comes from another machine',
    hint: 'systemctl stop mariadb; chown --recursive mysql:mysql /srv/accounting/mysql; and run apply',
  })
})

/** As a front end has left it on the data volume, by the owners of the directory and of the tables in it. */
const left = (owner: string, ofTables = owner) =>
  installed()
    .set(own, directory(0o700, owner))
    .set(`${own}/mysql`, directory(0o700, ofTables))
    .set(`${own}/ibdata1`, file('', 0o660, ofTables))

const giving = [
  `find ${own} -xdev -depth -exec chown --no-dereference mysql:mysql {} +`,
  `sync --file-system ${own}`,
  `write ${mariadbConf}`,
]

test.each([
  ['without a name here', '113:118', '113:118'],
  ["which is another daemon's here", 'munge:munge', 'munge:munge'],
  ['given away in part when a run was cut off', '113:118', 'mysql:mysql'],
])(
  'one that the front end before has left on the data volume is given to this mysql: %s',
  async (_whose, ...owners) => {
    const machine = machineWith(left(...owners), { answer: '1\n' })
    expect(await settle(accountingDatabase, config, machine)).toEqual(converged)
    expect(machine.done.slice(0, 3)).toEqual(giving)
  },
)

test('so it is where this front end has had it before the other', async () => {
  const tree = await configured()
  for (const [path, place] of left('113:118')) if (path.startsWith(own)) tree.set(path, place)
  const machine = machineWith(tree, { answer: '1\n' })
  expect(await settle(accountingDatabase, config, machine)).toEqual(converged)
  expect(machine.done.slice(0, 2)).toEqual(giving.slice(0, 2))
})

test.each([
  ['of a user', left('alice:alice')],
  ["of root's", left('root:root')],
  ['in a directory of root', left('root:root', '113:118')],
  ['of a number that a user may have', left('2002:2002')],
  ['that is none', left('113:118').set(`${own}/ibdata1`, directory(0o700, '113:118'))],
])('but not one %s', async (_whose, tree) => {
  const machine = machineWith(tree)
  expect(await settle(accountingDatabase, config, machine)).toMatchObject({
    is: 'refuse',
    code: 'ACCOUNTING_DIRECTORY_TAKEN',
  })
  expect(machine.done).toEqual([])
})

test('what the front end before has begun is made anew', async () => {
  const machine = machineWith(installed().set(`${own}.slurm-node-agent`, directory(0o700, '113:118')))
  expect(await settle(accountingDatabase, config, machine)).toEqual(converged)
  expect(machine.done[0]).toBe(`find ${own}.slurm-node-agent -xdev -delete`)
})

test('nothing is deleted beside it that is not of a run of the agent', async () => {
  const tree = installed().set(beside, directory(0o700, 'alice:alice'))
  const machine = machineWith(tree)
  expect(await takeTurn(accountingDatabase, moved, machine, [])).toMatchObject({
    is: 'refuse',
    code: 'ACCOUNTING_DIRECTORY_TAKEN',
    because: `${beside}, where the database is to be made, belongs to alice:alice`,
  })
})

test('it takes no symbolic link', async () => {
  const tree = installed().set('/srv/accounting/mysql', { kind: 'symlink', target: '/elsewhere' })
  expect(await takeTurn(accountingDatabase, moved, machineWith(tree), [])).toMatchObject({
    is: 'refuse',
    code: 'ACCOUNTING_DIRECTORY_TAKEN',
    because: '/srv/accounting/mysql is a symlink, no directory',
  })
})

test('it is not made in the mount point itself', async () => {
  const tree = installed()
    .set('/etc/fstab', file('UUID=1 /srv/accounting/mysql xfs nofail 0 2\n'))
    .set('/proc/self/mountinfo', file('30 28 259:3 / /srv/accounting/mysql rw - xfs /dev/nvme2n1 rw\n'))
  expect(await takeTurn(accountingDatabase, moved, machineWith(tree), [])).toEqual({
    is: 'refuse',
    code: 'ACCOUNTING_DIRECTORY_TAKEN',
    because: '/srv/accounting/mysql is a mount point, which nothing can be renamed to',
    hint: 'choose a directory below it: /srv/accounting/mysql/mysql',
  })
})

const fstab = 'UUID=0 / ext4 defaults 0 1\nUUID=1 /srv/accounting ext4 nofail 0 2\n'

test('it waits for the disk that /etc/fstab has for it, whatever the bare directory holds', async () => {
  const tree = installed().set('/etc/fstab', file(fstab)).set('/srv/accounting/mysql', file(''))
  expect(await takeTurn(accountingDatabase, moved, machineWith(tree), [])).toEqual({
    is: 'wait',
    code: 'ACCOUNTING_DISK_NOT_MOUNTED',
    for: '/dev/disk/by-uuid/1, which /etc/fstab has for /srv/accounting',
  })
})

test('it is made only while that disk is mounted', async () => {
  const tree = installed().set('/etc/fstab', file(fstab)).set('/proc/self/mountinfo', file(mountinfo))
  const decision = await takeTurn(accountingDatabase, moved, machineWith(tree), [])
  const guards = decision.is === 'act' ? decision.actions.map(({ whileMounted }) => whileMounted) : []
  expect(guards.slice(0, 3)).toEqual(['/srv/accounting', '/srv/accounting', '/srv/accounting'])
})

const attached = (tree: Tree) =>
  tree
    .set('/etc/fstab', file(fstab))
    .set('/dev/disk/by-uuid/1', { kind: 'symlink', target: '../../nvme2n1' })
    .set('/srv/accounting', directory(0o755))

test('it is made on a disk that came late, once that is mounted', async () => {
  const machine = machineWith(attached(installed()))
  expect(await settle(accountingDatabase, moved, machine)).toEqual(converged)
  expect(machine.done.slice(0, 3)).toEqual([
    'systemctl daemon-reload',
    'systemctl start srv-accounting.mount',
    installDb(beside),
  ])
})

test('it does not begin with nothing on a disk that came late, and is another one', async () => {
  const tree = installed()
  await settle(accountingDatabase, moved, machineWith(tree))
  for (const path of ['', '/mysql']) tree.delete(`/srv/accounting/mysql${path}`)
  const machine = machineWith(attached(tree))
  expect(await settle(accountingDatabase, moved, machine)).toMatchObject({
    is: 'refuse',
    code: 'ACCOUNTING_DATA_GONE',
    because: 'the database was in /srv/accounting/mysql, and is not there any more',
  })
  expect(machine.done).toEqual(['systemctl daemon-reload', 'systemctl start srv-accounting.mount'])
})

test.each([
  ['while MariaDB runs', 'active', '', 'mariadb.service is active'],
  ['over its files', 'inactive', '/srv/accounting/mysql/ibdata1\n', 'it would hide "/srv/accounting/mysql/ibdata1"'],
])('nothing is mounted over it %s', async (_when, active, bare, inTheWay) => {
  const tree = installed()
  await settle(accountingDatabase, moved, machineWith(tree))
  const machine = machineWith(attached(tree), { active, answer: '1\n', bare })
  expect(await settle(accountingDatabase, moved, machine)).toEqual({
    is: 'refuse',
    code: 'MOUNT_WOULD_HIDE_FILES',
    because: `/srv/accounting is in /etc/fstab, and not mounted; ${inTheWay}`,
    hint: 'stop slurm-node-agent.timer, mariadb.service and all else that writes there; move what /srv/accounting holds away, mount it, move what counts to its place on it, run apply and start the timer; or remove the entry',
  })
  expect(machine.done).toEqual([])
})

test('by default it is on the data volume, and made only while that is mounted', async () => {
  const decision = await takeTurn(accountingDatabase, config, machineWith(installed()), [])
  const guards = decision.is === 'act' ? decision.actions.map(({ whileMounted }) => whileMounted) : []
  expect(guards.slice(0, 3)).toEqual(['/mnt/shared', '/mnt/shared', '/mnt/shared'])
})

test('but not where users could put another one in its place', async () => {
  const machine = machineWith(installed().set('/mnt/shared', directory(0o1777)))
  expect(await takeTurn(accountingDatabase, config, machine, [])).toEqual({
    is: 'refuse',
    code: 'ACCOUNTING_DIRECTORY_TAKEN',
    because: `/mnt/shared can be written by others than root and mysql: others than mysql could choose the database, ${own}`,
    hint: 'chmod go-w /mnt/shared',
  })
})

const elsewhere = {
  is: 'refuse',
  code: 'ACCOUNTING_DATA_ELSEWHERE',
  because: `the database is in ${own}, by the configuration before, and accounting.directory is /srv/accounting/mysql`,
  hint: `systemctl stop slurm-node-agent.timer slurmdbd mariadb; then move ${own} to /srv/accounting/mysql, run apply and start the timer; or set accounting.directory back`,
}

test('it does not begin with nothing while there is one in the place before', async () => {
  expect(await takeTurn(accountingDatabase, moved, machineWith(await configured()), [])).toEqual(elsewhere)
})

test('it does not take an older one in the new place while there is one in the place before', async () => {
  const tree = await configured()
  for (const path of ['', '/mysql']) tree.set(`/srv/accounting/mysql${path}`, directory(0o700, 'mysql:mysql'))
  expect(await takeTurn(accountingDatabase, moved, machineWith(tree), [])).toEqual(elsewhere)
})

test('it goes on with one that a person has moved', async () => {
  const tree = await configured()
  for (const path of ['', '/mysql']) {
    tree.delete(`${own}${path}`)
    tree.set(`/srv/accounting/mysql${path}`, directory(0o700, 'mysql:mysql'))
  }
  const machine = machineWith(tree, { active: 'active', answer: '1\n' })
  await takeTurn(accountingDatabase, moved, machine, [])
  expect(machine.content(mariadbConf)).toBe(conf('/srv/accounting/mysql', 896))
})

test('it does not begin with nothing while the disk of the place before is not mounted', async () => {
  const tree = installed()
  await settle(accountingDatabase, moved, machineWith(tree))
  for (const path of ['', '/mysql']) tree.delete(`/srv/accounting/mysql${path}`)
  tree.set('/etc/fstab', file(fstab))
  expect(await takeTurn(accountingDatabase, config, machineWith(tree), [])).toMatchObject({
    is: 'refuse',
    code: 'ACCOUNTING_DATA_ELSEWHERE',
    because: `the disk is not mounted of /srv/accounting/mysql, by the configuration before, and accounting.directory is ${own}`,
  })
})

test('it is not made anew where it was, and is gone', async () => {
  const tree = await configured()
  for (const path of ['', '/mysql']) tree.delete(`${own}${path}`)
  expect(await takeTurn(accountingDatabase, config, machineWith(tree), [])).toEqual({
    is: 'refuse',
    code: 'ACCOUNTING_DATA_GONE',
    because: `the database was in ${own}, and is not there any more`,
    hint: `mount its disk or put it back; to begin anew without what was recorded, stop mariadb and remove the line datadir= from ${mariadbConf}`,
  })
})
