import { holdPath } from '../../src/steps/holds.ts'
import { serviceShow, serviceShown } from './services.ts'
import { directory, file, type Tree } from './small-machine.ts'

export const mariadb = 'mariadb.service'
export const mariadbConf = '/etc/mysql/mariadb.conf.d/90-slurm-node-agent.cnf'
export const dropInOf = (unit: string) => `/etc/systemd/system/${unit}.d/slurm-node-agent.conf`

/** A machine of 4 GiB right after its packages were installed: Debian's have made a database in their own place. */
export function installed(): Tree {
  return new Map([
    ['/proc/meminfo', file('MemTotal:        3977064 kB\n')],
    ['/proc/self/mountinfo', file('28 1 259:1 / / rw shared:1 - ext4 /dev/nvme0n1p1 rw\n')],
    ['/etc/fstab', file('UUID=0 / ext4 defaults 0 1\n')],
    ['/var/lib/mysql', directory(0o755, 'mysql:mysql')],
    ['/var/lib/mysql/mysql', directory(0o700, 'mysql:mysql')],
    ['/var/lib/mysql/debian-10.11.flag', file('')],
    ['/var/lib/slurm-node-agent/held/mariadb.service', file('')],
    [holdPath('slurmdbd.service'), file('')],
  ])
}

export function services(states: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const shown = (unit: string, active: string) => `${serviceShown(active)}FragmentPath=/lib/systemd/system/${unit}\n`
  return Object.fromEntries(Object.entries(states).map(([unit, active]) => [serviceShow(unit), shown(unit, active)]))
}

export const journalOf = (unit: string) => `journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`
