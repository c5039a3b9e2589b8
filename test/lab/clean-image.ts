import assert from 'node:assert/strict'
import { execa } from 'execa'
import type { Image } from './image.ts'

/** Of the machine that was baked. */
const GONE = [
  '/etc/munge/munge.key',
  '/etc/hostname',
  '/etc/slurm-node-agent/config.json',
  '/var/lib/slurm-node-agent/state.json',
  '/var/log/slurm-node-agent',
  '/var/lib/cloud/instances',
  '/var/lib/dbus/machine-id',
  '/var/lib/systemd/random-seed',
] as const

/** By the disk itself, which nobody has booted or mounted since. */
export async function assertClean({ disk }: Image): Promise<void> {
  for (const path of GONE) assert.match(await debugfs(disk, `stat ${path}`), /File not found/, `there is no ${path}`)
  assert.match(await debugfs(disk, 'stat /etc/machine-id'), /Size: 0\n/, 'the machine ID is empty')
  const ssh = await debugfs(disk, 'ls -l /etc/ssh')
  assert.match(ssh, / sshd_config$/m)
  assert.doesNotMatch(ssh, /ssh_host_/, 'there are no host keys')
}

async function debugfs(disk: string, request: string): Promise<string> {
  return (await execa('debugfs', ['-R', request, disk], { all: true })).all
}
