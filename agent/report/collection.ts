import type { Argv } from '../../src/engine/action.ts'
import type { Source } from '../host/gather.ts'
import { stateFile } from './state-file.ts'

const units = [
  'slurm-node-agent.service',
  // Of the user data: it says why there was no release to run.
  'slurm-node-agent-bootstrap.service',
  // What the boothook of the user data says that starts it; cloud-init has one process from 24.3 on.
  'cloud-init.service',
  'cloud-init-main.service',
  'slurm-node-agent-efs.service',
  'munge.service',
  'slurmctld.service',
  'slurmdbd.service',
  'mariadb.service',
  'slurmd.service',
  'nfs-server.service',
] as const

const asText = ['--lines=5000', '--output=short-iso', '--utc', '--no-pager', '--quiet'] as const

/** What a bug report holds: each file is named, none is taken because it lies in some directory. */
export function collection(configPath: string): readonly Source[] {
  return [
    { name: 'state.json', path: stateFile },
    { name: 'agent.jsonl', path: '/var/log/slurm-node-agent/agent.jsonl' },
    { name: 'agent.jsonl.1', path: '/var/log/slurm-node-agent/agent.jsonl.1' },
    { name: 'config.json', path: configPath },
    { name: 'os-release', path: '/etc/os-release' },
    { name: 'hosts', path: '/etc/hosts' },
    { name: 'fstab', path: '/etc/fstab' },
    { name: 'exports', path: '/etc/exports' },
    { name: 'slurm-node-agent.exports', path: '/etc/exports.d/slurm-node-agent.exports' },
    { name: 'slurm.conf', path: '/etc/slurm/slurm.conf' },
    { name: 'fetched-slurm.conf', path: '/run/slurm/conf/slurm.conf' },
    { name: 'cgroup.conf', path: '/etc/slurm/cgroup.conf' },
    { name: 'gres.conf', path: '/etc/slurm/gres.conf' },
    { name: 'slurmdbd.conf', path: '/etc/slurm/slurmdbd.conf' },
    { name: 'mariadb.cnf', path: '/etc/mysql/mariadb.conf.d/90-slurm-node-agent.cnf' },
    { name: 'slurmctld.log', log: '/var/log/slurm/slurmctld.log' },
    { name: 'slurmdbd.log', log: '/var/log/slurm/slurmdbd.log' },
    { name: 'slurmd.log', log: '/var/log/slurm/slurmd.log' },
    { name: 'lsblk.json', argv: ['lsblk', '--json', '--output-all', '--bytes'] },
    { name: 'findmnt.json', argv: ['findmnt', '--json'] },
    { name: 'exportfs.txt', argv: ['exportfs', '-v'] },
    { name: 'kernel.txt', argv: ['journalctl', '--dmesg', ...asText] },
    { name: 'journal-fsck.txt', argv: ['journalctl', '--unit=systemd-fsck*', ...asText] },
    { name: 'packages.txt', argv: ['dpkg-query', '--show'] },
    { name: 'uname.txt', argv: ['uname', '--all'] },
    // 3: one of them does not run; 4: one is not known.
    { name: 'units.txt', argv: ['systemctl', 'status', '--no-pager', '--full', ...units], ok: [0, 3, 4] },
    { name: 'timers.txt', argv: ['systemctl', 'list-timers', '--no-pager', '--all', 'slurm-node-agent.timer'] },
    ...units.map((unit) => ({ name: `journal-${unit}.txt`, argv: journalOf(unit) })),
  ]
}

function journalOf(unit: string): Argv {
  return ['journalctl', `--unit=${unit}`, ...asText]
}

/** Munge's own directory and that of the share, each under its own roof, and the key that the old script left. */
export function isOfMunge(realPath: string): boolean {
  return realPath.split('/').some((part) => part === 'munge' || part.startsWith('munge.key'))
}
