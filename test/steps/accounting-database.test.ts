import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome, Exec } from '../../src/engine/action.ts'
import type { Executed } from '../../src/engine/host.ts'
import { accountingDatabase } from '../../src/steps/accounting-database.ts'
import { held, holdPath } from '../../src/steps/holds.ts'
import { signal } from '../fake-host.ts'
import { dropInOf, installed, journalOf, mariadb, mariadbConf, services } from './accounting-machine.ts'
import { configuration } from './configuration.ts'
import { directory, file, settle, smallMachine, type Tree, takeTurn } from './small-machine.ts'

const config = configuration({ accounting: { enabled: true } })
const moved = configuration({ accounting: { enabled: true, directory: '/srv/accounting/mysql' } })
const own = '/mnt/shared/slurm-accounting'
const beside = '/srv/accounting/mysql.slurm-node-agent'

const look =
  "mariadb --batch --skip-column-names --execute=SELECT (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'slurm_acct_db') AND (SELECT COUNT(*) FROM mysql.user WHERE User = 'slurm' AND Host = 'localhost' AND plugin = 'unix_socket') AND (SELECT COUNT(*) FROM mysql.db WHERE User = 'slurm' AND Host = 'localhost' AND Db = 'slurm_acct_db' AND Create_priv = 'Y')"
const make =
  'mariadb --execute=CREATE DATABASE IF NOT EXISTS slurm_acct_db; CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED VIA unix_socket; ALTER USER slurm@localhost IDENTIFIED VIA unix_socket; GRANT ALL ON slurm_acct_db.* TO slurm@localhost'
const installDb = (place: string) =>
  `mariadb-install-db --datadir=${place} --user=mysql --auth-root-socket-user=root --skip-test-db --cross-bootstrap`

interface Circumstances {
  readonly active?: string
  readonly answer?: string | Partial<Executed>
  readonly journal?: string
  /** A file below the disk that is not mounted. */
  readonly bare?: string
}

/** MariaDB starts when it is told to, and has the database once that was made. */
function machineWith(tree: Tree, { active = 'inactive', answer = '0\n', journal = '', bare = '' }: Circumstances = {}) {
  const commands: Record<string, string | Partial<Executed>> = {
    ...services({ [mariadb]: active }),
    [look]: answer,
    [journalOf(mariadb)]: journal,
    [find]: bare,
    [String.raw`systemctl is-failed srv-accounting.mount systemd-fsck@dev-disk-by\x2duuid-1.service`]: { exitCode: 1 },
  }
  const machine = smallMachine({ local: tree, script: { commands }, run })
  return machine

  function run({ argv }: Exec): void {
    const line = argv.join(' ')
    if (line === 'systemctl start srv-accounting.mount') tree.set('/proc/self/mountinfo', file(mountinfo))
    if (line === `systemctl start ${mariadb}`) Object.assign(commands, services({ [mariadb]: 'active' }))
    if (line === make) commands[look] = '1\n'
    if (argv[0] === 'mariadb-install-db') {
      const place = argv[1]?.replace('--datadir=', '') ?? ''
      for (const path of [place, `${place}/mysql`]) tree.set(path, directory(0o700, 'mysql:mysql'))
    }
    if (argv[0] === 'find') for (const path of tree.keys()) if (path.startsWith(beside)) tree.delete(path)
    if (argv[0] !== 'mv') return
    const [from = '', to = ''] = argv.slice(2)
    for (const path of ['', '/mysql']) {
      tree.delete(`${from}${path}`)
      tree.set(`${to}${path}`, directory(0o700, 'mysql:mysql'))
    }
  }
}

const find = 'find /srv/accounting -xdev ! -type d -print -quit'
const mountinfo = '30 28 259:3 / /srv/accounting rw shared:9 - ext4 /dev/nvme2n1 rw\n'
const converged = { is: 'converged', because: 'slurm_acct_db is there, and slurm may use it' }
const conf = (place: string, bufferPoolMiB: number) => `# Made by slurm-node-agent.
[mariadbd]
datadir=${place}
skip-networking
innodb_buffer_pool_size=${bufferPoolMiB}M
innodb_lock_wait_timeout=900
`

describe('the accounting database', () => {
  test('is configured before MariaDB starts, and made, and there is nothing left to do', async () => {
    const tree = installed()
    const machine = machineWith(tree)
    expect(await settle(accountingDatabase, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([
      installDb(`${own}.slurm-node-agent`),
      `sync --file-system ${own}.slurm-node-agent`,
      `mv --no-target-directory ${own}.slurm-node-agent ${own}`,
      `sync ${dirname(own)}`,
      `write ${mariadbConf}`,
      `write ${dropInOf(mariadb)}`,
      'systemctl daemon-reload',
      `remove ${holdPath(mariadb)}`,
      'systemctl start mariadb.service',
      make,
    ])
    expect(machine.content(mariadbConf)).toBe(conf(own, 896))
    expect(machine.content(dropInOf(mariadb))).toBe(`# Made by slurm-node-agent.\n[Unit]\nRequiresMountsFor=${own}\n`)
    expect(await settle(accountingDatabase, config, machine)).toEqual(converged)
    expect(machine.done).toHaveLength(10)
  })

  test.each([
    ['small', 1_000_000, 512],
    ['large', 260_000_000, 4_096],
  ])('has a share of the memory of a %s machine', async (_size, kibibytes, bufferPoolMiB) => {
    const tree = installed().set('/proc/meminfo', file(`MemTotal: ${kibibytes} kB\n`))
    const machine = machineWith(tree)
    await settle(accountingDatabase, config, machine)
    expect(machine.content(mariadbConf)).toBe(conf(own, bufferPoolMiB))
  })

  test('is held from starting with the settings of its package', () => {
    expect(accountingDatabase.units?.(config)).toEqual([
      ...held(mariadb),
      {
        is: 'file',
        unit: mariadb,
        path: dropInOf(mariadb),
        content: `# Made by slurm-node-agent.\n[Unit]\nRequiresMountsFor=${own}\n`,
      },
    ])
  })

  test('tells the last words of a MariaDB that keeps dying', async () => {
    const tree = await configured()
    const start: ActionOutcome = {
      is: 'failed',
      action: { do: 'exec', argv: ['systemctl', 'start', mariadb], because: '' },
      error: 'Job for mariadb.service failed',
    }
    const machine = machineWith(tree, { active: 'failed', journal: '[ERROR] InnoDB: no space\n' })
    expect(await takeTurn(accountingDatabase, config, machine, [start, start, start])).toEqual({
      is: 'wait',
      code: 'MARIADB_NOT_ANSWERING',
      for: 'mariadb.service is failed; its last words: [ERROR] InnoDB: no space',
    })
  })

  test('waits for a MariaDB that does not know root by the socket', async () => {
    const answer = { exitCode: 1, stderr: "ERROR 1698 (28000): Access denied for user 'root'@'localhost'\n" }
    const machine = machineWith(await configured(), { active: 'active', answer })
    expect(await takeTurn(accountingDatabase, config, machine, [])).toEqual({
      is: 'wait',
      code: 'MARIADB_NOT_ANSWERING',
      for: "ERROR 1698 (28000): Access denied for user 'root'@'localhost'; its last words: none",
    })
  })

  test('is restarted with a file that is newer', async () => {
    const machine = machineWith(await configured(), { active: 'active', answer: '1\n' })
    const seen = await accountingDatabase.observe(config, machine.host, signal)
    const started = seen.service.startedAtMs ?? 0
    const confFile = { ...(seen.confFile ?? never()), changedAtMs: started + 1 }
    expect(accountingDatabase.decide(config, { ...seen, confFile }, [])).toEqual({
      is: 'act',
      actions: [
        {
          do: 'exec',
          argv: ['systemctl', 'restart', mariadb],
          because: 'it was started before its files changed',
        },
      ],
    })
  })
})

describe('in a directory of its own', () => {
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
      hint: 'choose another accounting.directory, or take the right to write from the others with chmod',
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
      hint: `mount its disk or put it back; to begin anew without what was recorded, remove ${mariadbConf}`,
    })
  })
})

describe('what somebody else has set up', () => {
  test('of MariaDB is left alone', async () => {
    const tree = installed()
    tree.delete('/var/lib/slurm-node-agent/held/mariadb.service')
    const machine = machineWith(tree, { active: 'active' })
    expect(await takeTurn(accountingDatabase, config, machine, [])).toEqual({
      is: 'refuse',
      code: 'MARIADB_TAKEN',
      because: '/lib/systemd/system/mariadb.service was not installed by the agent, and is active',
      hint: 'save what is in it, and apt-get remove mariadb-server; or have accounting on another machine',
    })
  })

  test.each([
    ['an earlier set-up', 'StorageLoc=slurm_acct_db\nStoragePass=secret\n'],
    ['the agent, without the line below which the own lines are', '# Made by slurm-node-agent.\nDbdHost=other\n'],
  ])('of slurmdbd is left alone: the file of %s', async (_whose, content) => {
    const tree = installed().set('/etc/slurm/slurmdbd.conf', file(content, 0o600, 'slurm:slurm'))
    const decision = await takeTurn(accountingDatabase, config, machineWith(tree), [])
    expect(JSON.stringify(decision)).not.toContain('secret')
    expect(decision).toEqual({
      is: 'refuse',
      code: 'SLURMDBD_CONF_TAKEN',
      because: "/etc/slurm/slurmdbd.conf is not the agent's",
      hint: 'move /etc/slurm/slurmdbd.conf away; what its database holds can be taken over by mariadb-dump',
    })
  })
})

/** With all files as they should be. */
async function configured(): Promise<Tree> {
  const tree = installed()
  await settle(accountingDatabase, config, machineWith(tree))
  return tree
}

function never(): never {
  throw new Error('the file is not there')
}
