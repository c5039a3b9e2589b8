import assert from 'node:assert/strict'
import type { Guest } from './guest.ts'

/** What a person or a program may do to an instance that was converged. */
export interface Fault {
  readonly name: string
  /** The step that mends it. */
  readonly step: string
  readonly make: (guest: Guest) => Promise<unknown>
  /** What plan says of it, when it is the only one. */
  readonly planned: readonly RegExp[]
}

export const WRONG_MUNGE_KEY: Fault = {
  name: 'munged runs with a wrong key',
  async make(guest) {
    const key = '/etc/munge/munge.key'
    await guest.run(['dd', 'if=/dev/urandom', `of=${key}`, 'bs=128', 'count=1', 'status=none'])
    await guest.run(['systemctl', 'restart', 'munge'])
  },
  step: 'munge-key',
  planned: [/copy-secret .* to \/etc\/munge\/munge\.key/],
}

/**
 * As it is left where the power goes while dpkg unpacks: wget for the first time, of which then little is known, and
 * patch, which git only recommends, for an upgrade, after which apt takes it for installed.
 */
export const HALF_UNPACKED: Fault = {
  name: 'dpkg was cut off while it unpacked',
  async make(guest) {
    const cutOff = 's/^Status: .*/Status: install reinstreq half-installed/'
    const first = `/^Package: wget$/,/^$/{${cutOff};/^\\(Package\\|Status\\|Priority\\|Section\\|Architecture\\): \\|^$/!d}`
    const upgrade = `/^Package: patch$/,/^$/${cutOff}`
    await guest.run(['sed', '-i', '-e', first, '-e', upgrade, '/var/lib/dpkg/status'])
    const { stdout } = await guest.run(['dpkg', '--audit'], { ok: 'any' })
    assert.match(stdout, /^ patch .*^ wget /ms, 'dpkg has both half unpacked')
  },
  step: 'packages',
  planned: [/apt-get install .*patch.*--reinstall/],
}

export const EXPORTS_DELETED: Fault = {
  name: 'the exports file is deleted',
  async make(guest) {
    await guest.run(['find', '/etc/exports.d', '-type', 'f', '-delete'])
    await guest.run(['exportfs', '-ra'])
  },
  step: 'nfs-export',
  planned: [/\/etc\/exports\.d\//],
}

export const FSTAB_LINE_DELETED: Fault = {
  name: 'the line of the data volume is deleted from fstab',
  make: (guest) => guest.run(['sed', '-i', '/\\/mnt\\/shared/d', '/etc/fstab']),
  step: 'data-volume',
  planned: [/\+\s*UUID=.*\/mnt\/shared/],
}

export const SLURM_CONF_EDITED: Fault = {
  name: 'slurm.conf is edited',
  make: (guest) => guest.run(['sed', '-i', 's/^ClusterName=.*/ClusterName=edited/', '/etc/slurm/slurm.conf']),
  step: 'slurm-conf',
  planned: [/-\s*ClusterName=edited/, /\+\s*ClusterName=slurm-cluster/],
}

export const EFS_UNMOUNTED: Fault = {
  name: 'EFS is unmounted',
  make: (guest) => guest.run(['umount', '/mnt/work']),
  step: 'efs',
  planned: [/\/mnt\/work/],
}

/** As a power cut may: slurmctld does not sync the file, and takes an empty one for the name of another cluster. */
export const SLURMCTLD_KILLED: Fault = {
  name: 'slurmctld is killed, and has lost the name of its cluster',
  async make(guest) {
    await guest.run(['systemctl', 'kill', '--signal=KILL', 'slurmctld'])
    await guest.run(['truncate', '--no-create', '--size=0', '/var/lib/slurm/slurmctld/clustername'])
  },
  step: 'slurmctld',
  planned: [/systemctl start slurmctld/],
}

export const SLURMD_KILLED: Fault = {
  name: 'slurmd is killed',
  make: (guest) => guest.run(['systemctl', 'kill', '--signal=KILL', 'slurmd']),
  step: 'slurmd',
  planned: [/systemctl start slurmd/],
}
