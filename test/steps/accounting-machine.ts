import type { Exec } from '../../src/engine/action.ts'
import type { Executed } from '../../src/engine/host.ts'
import { accountingDatabase } from '../../src/steps/accounting-database.ts'
import { holdPath } from '../../src/steps/holds.ts'
import type { Script } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { unitsShow, unitsShown } from './services.ts'
import { directory, file, settle, smallMachine, type Tree } from './small-machine.ts'

export const mariadb = 'mariadb.service'
export const mariadbConf = '/etc/mysql/mariadb.conf.d/90-slurm-node-agent.cnf'
export const dropInOf = (unit: string) => `/etc/systemd/system/${unit}.d/slurm-node-agent.conf`

/** A machine of 4 GiB right after its packages were installed: Debian's have made a database in their own place. */
export function installed(): Tree {
  return new Map([
    ['/proc/meminfo', file('MemTotal:        3977064 kB\n')],
    ['/proc/self/mountinfo', file('28 1 259:1 / / rw shared:1 - ext4 /dev/nvme0n1p1 rw\n')],
    ['/etc/fstab', file('UUID=0 / ext4 defaults 0 1\n')],
    [
      '/etc/passwd',
      file(
        'root:x:0:0::/root:/bin/sh\nmunge:x:112:117::/:/bin/sh\nmysql:x:106:111::/:/bin/sh\nalice:x:2001:2001::/home:/bin/sh\n',
      ),
    ],
    ['/var/lib/mysql', directory(0o755, 'mysql:mysql')],
    ['/var/lib/mysql/mysql', directory(0o700, 'mysql:mysql')],
    ['/var/lib/mysql/debian-10.11.flag', file('')],
    ['/var/lib/slurm-node-agent/held/mariadb.service', file('')],
    [holdPath('slurmdbd.service'), file('')],
  ])
}

export function services(states: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const shown = (unit: string, active: string) => `${unitsShown(active)}FragmentPath=/lib/systemd/system/${unit}\n`
  return Object.fromEntries(Object.entries(states).map(([unit, active]) => [unitsShow(unit), shown(unit, active)]))
}

export const lookAtDatabase =
  "mariadb --batch --skip-column-names --execute=SELECT (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'slurm_acct_db') AND (SELECT COUNT(*) FROM mysql.user WHERE User = 'slurm' AND Host = 'localhost' AND plugin = 'unix_socket') AND (SELECT COUNT(*) FROM mysql.db WHERE User = 'slurm' AND Host = 'localhost' AND Db = 'slurm_acct_db' AND Create_priv = 'Y')"

/** What the look at a database that answers is told, beside /etc/fstab. */
export function answeringDatabase(place: string, owner = 'mysql:mysql'): Pick<Script, 'commands' | 'files' | 'stats'> {
  const facts = { kind: 'directory', mode: 0o700, owner, sizeBytes: 0, changedAtMs: 0 } as const
  return {
    commands: { ...services({ [mariadb]: 'active' }), [lookAtDatabase]: '1\n' },
    files: {
      [dropInOf(mariadb)]: undefined,
      [mariadbConf]: `# Made by slurm-node-agent.\n[mariadbd]\ndatadir=${place}\n`,
      '/proc/meminfo': 'MemTotal:        3977064 kB\n',
      '/etc/slurm/slurmdbd.conf': undefined,
      '/etc/passwd': '',
    },
    stats: {
      ['/var/lib/slurm-node-agent/held/mariadb.service']: undefined,
      [mariadbConf]: undefined,
      [place]: facts,
      [`${place}/mysql`]: facts,
      [`${place}.slurm-node-agent`]: undefined,
      [`${place}/ibdata1`]: undefined,
    },
  }
}

export const journalOf = (unit: string) => `journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`

export const config = configuration({ accounting: { enabled: true } })
export const moved = configuration({ accounting: { enabled: true, directory: '/srv/accounting/mysql' } })
export const own = '/mnt/shared/slurm-accounting'
export const beside = '/srv/accounting/mysql.slurm-node-agent'

export const make =
  'mariadb --execute=CREATE DATABASE IF NOT EXISTS slurm_acct_db; CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED VIA unix_socket; ALTER USER slurm@localhost IDENTIFIED VIA unix_socket; GRANT ALL ON slurm_acct_db.* TO slurm@localhost'
export const installDb = (place: string) =>
  `mariadb-install-db --datadir=${place} --user=mysql --auth-root-socket-user=root --skip-test-db --cross-bootstrap`

interface Circumstances {
  readonly active?: string
  readonly answer?: string | Partial<Executed>
  readonly journal?: string
  /** A file below the disk that is not mounted. */
  readonly bare?: string
}

/** MariaDB starts when it is told to, and has the database once that was made. */
export function machineWith(
  tree: Tree,
  { active = 'inactive', answer = '0\n', journal = '', bare = '' }: Circumstances = {},
) {
  const commands: Record<string, string | Partial<Executed>> = {
    ...services({ [mariadb]: active }),
    [lookAtDatabase]: answer,
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
    if (line === make) commands[lookAtDatabase] = '1\n'
    if (argv[0] === 'mariadb-install-db') {
      const place = argv[1]?.replace('--datadir=', '') ?? ''
      for (const path of [place, `${place}/mysql`]) tree.set(path, directory(0o700, 'mysql:mysql'))
    }
    if (argv.includes('chown')) {
      for (const path of ['', '/mysql']) tree.set(`${own}${path}`, directory(0o700, 'mysql:mysql'))
    }
    if (argv.includes('-delete')) for (const path of tree.keys()) if (path.startsWith(argv[1] ?? '')) tree.delete(path)
    if (argv[0] !== 'mv') return
    const [from = '', to = ''] = argv.slice(2)
    for (const path of ['', '/mysql']) {
      tree.delete(`${from}${path}`)
      tree.set(`${to}${path}`, directory(0o700, 'mysql:mysql'))
    }
  }
}

const find = 'find /srv/accounting -xdev ! -type d -print -quit'
export const mountinfo = '30 28 259:3 / /srv/accounting rw shared:9 - ext4 /dev/nvme2n1 rw\n'
export const converged = { is: 'converged', because: 'slurm_acct_db is there, and slurm may use it' }
export const conf = (place: string, bufferPoolMiB: number) => `# Made by slurm-node-agent.
[mariadbd]
datadir=${place}
skip-networking
innodb_buffer_pool_size=${bufferPoolMiB}M
innodb_lock_wait_timeout=900
`

/** A machine on which a run has configured the database of `config`. */
export async function configured(): Promise<Tree> {
  const tree = installed()
  await settle(accountingDatabase, config, machineWith(tree))
  return tree
}
