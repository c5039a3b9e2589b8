type Kind = 'wait' | 'refusal' | 'warning' | 'failure'

interface Code {
  readonly kind: Kind
  readonly means: string
  readonly mend: string
}

/** Every code that the agent can print, with what it means and how to mend it. The one place where codes are made. */
export const codes = {
  // Waits: someone else must move first. At the deadline the last wait's code is the failure's.
  APT_LOCKED: {
    kind: 'wait',
    means: 'Another process holds a lock of apt or dpkg.',
    mend: 'Wait for it, or look at the named process: unattended-upgrades runs at first boot and ends by itself.',
  },
  EFS_MOUNT_TARGET_CREATING: {
    kind: 'wait',
    means: 'The mount target in this availability zone is not available yet.',
    mend: 'A new file system takes about five minutes. If it stays so, look at the mount target in the EFS console.',
  },
  EFS_NO_MOUNT_TARGET_IN_ZONE: {
    kind: 'wait',
    means: 'The file system has no mount target in the availability zone of this instance.',
    mend: 'Create a mount target in the zone, or check efs.fileSystemId.',
  },
  EFS_NAME_DOES_NOT_RESOLVE: {
    kind: 'wait',
    means: "The file system's DNS name does not resolve here.",
    mend: 'The name resolves only in a VPC with DNS support and a mount target in this zone, up to 90 s after it is available.',
  },
  EFS_PORT_CLOSED: {
    kind: 'wait',
    means: 'The mount target does not accept connections on TCP port 2049.',
    mend: 'Allow TCP 2049 from this instance in the security group of the mount target.',
  },
  EFS_TLS_FAILED: {
    kind: 'wait',
    means: 'The mount target answered, but no verified TLS connection could be made.',
    mend: "Check that ca-certificates is current and that the address is the file system's.",
  },
  EFS_READ_ONLY: {
    kind: 'wait',
    means: 'The file system is mounted, but root cannot write to it.',
    mend: 'Grant elasticfilesystem:ClientWrite and ClientRootAccess in the file system policy, or remove the policy.',
  },
  EFS_NOT_ANSWERING: {
    kind: 'wait',
    means: 'The file system is mounted, but does not answer.',
    mend: 'Check that the mount target still exists and that its security group still allows TCP 2049; programs that use the mount go on when it answers.',
  },
  EFS_TUNNEL_DOWN: {
    kind: 'wait',
    means: 'The TLS tunnel to the file system does not stay up.',
    mend: 'Read journalctl -u slurm-node-agent-efs; another program may listen on its port.',
  },
  DATA_VOLUME_NOT_ATTACHED: {
    kind: 'wait',
    means: 'The data volume is not among the disks of this instance.',
    mend: 'Attach the volume to this instance, and check dataVolume.volumeId.',
  },
  EC2_NOT_ANSWERING: {
    kind: 'wait',
    means: 'The data volume could be formatted, but EC2 was reached and did not say what it knows of the volume.',
    mend: "Throttling passes by itself; read EC2's words in the message.",
  },
  DEVICE_BUSY: {
    kind: 'wait',
    means: 'Another process holds the lock of the data volume, most likely a mkfs that outlived its agent.',
    mend: 'Wait for it to end; lsof names the process.',
  },
  MUNGE_NOT_ANSWERING: {
    kind: 'wait',
    means: 'munged runs, but a credential could not be made and decoded.',
    mend: 'Read journalctl -u munge; munged refuses a key file that others can read.',
  },
  SLURMCTLD_NOT_UP: {
    kind: 'wait',
    means: 'slurmctld was started, but scontrol ping does not report it UP.',
    mend: 'Read the log lines in the message and /var/log/slurm/slurmctld.log.',
  },
  NFS_NOT_EXPORTED: {
    kind: 'wait',
    means: 'The export is configured, but exportfs does not show it.',
    mend: 'Read journalctl -u nfs-server.',
  },

  // Refusals: a person must decide.
  PACKAGE_MISSING: {
    kind: 'refusal',
    means: 'A package that a step needs could not be installed.',
    mend: "Read apt's reason in the message; check the machine's apt sources.",
  },
  HOSTS_UNREADABLE: {
    kind: 'refusal',
    means: '/etc/hosts is missing.',
    mend: 'Restore /etc/hosts; without its localhost line nothing works.',
  },
  EFS_OTHER_MOUNT: {
    kind: 'refusal',
    means: 'Something else is mounted, or listed in /etc/fstab, at the mount point of EFS.',
    mend: 'Unmount it and remove its fstab entry, or choose another efs.mountPoint.',
  },
  EFS_HELPER_MISSING: {
    kind: 'refusal',
    means: 'efs.client is "efs-utils", but mount.efs is not installed.',
    mend: 'Install amazon-efs-utils, or set efs.client to "auto" to mount through stunnel4.',
  },
  MOUNT_POINT_NOT_DIRECTORY: {
    kind: 'refusal',
    means: 'There is something at the mount point, but it is no directory.',
    mend: 'Move it away, or choose another mountPoint; systemd mounts on no symbolic link.',
  },
  MUNGE_KEY_DAMAGED: {
    kind: 'refusal',
    means: 'The Munge key on the share is not what its name says, or not a valid key.',
    mend: 'Restore the key file on the share, or remove the pointer "current" to have the cluster take another key.',
  },
  MUNGE_KEY_NOT_ROOTS: {
    kind: 'refusal',
    means: "The Munge key on the share, or a directory that holds it, is not root's alone to change.",
    mend: 'Whoever owns it could have chosen the key. Look at what is there, then give it to root (chown root:root, chmod go-w), or remove a key that is not yours.',
  },
  SLURM_DIRECTORY_TAKEN: {
    kind: 'refusal',
    means: "A directory that Slurm needs is something else, or is somebody else's and not empty.",
    mend: 'Choose another slurm.stateSaveLocation, or move away what is there; state of slurmctld itself goes to its user with chown.',
  },
  DISK_AMBIGUOUS: {
    kind: 'refusal',
    means: 'More than one disk, or something that is no whole disk, claims to be the data volume.',
    mend: 'Detach the wrong one; compare the serials in the message with EC2.',
  },
  DISK_IS_ROOT: {
    kind: 'refusal',
    means: 'The configured data volume carries the running system.',
    mend: 'Correct dataVolume.volumeId: it names the root volume.',
  },
  DISK_NOT_EBS: {
    kind: 'refusal',
    means: 'The disk with the configured identity is not an EBS volume.',
    mend: 'Correct dataVolume; instance store loses its data when the instance stops.',
  },
  DISK_IN_USE: {
    kind: 'refusal',
    means: 'The data volume is mounted elsewhere, is swap, or is held by another device.',
    mend: 'Free the volume by hand, or correct dataVolume.volumeId.',
  },
  DISK_PARTITIONED: {
    kind: 'refusal',
    means: 'The data volume has a partition table.',
    mend: 'Look at it with lsblk and decide by hand; the agent uses whole disks only.',
  },
  DISK_OTHER_FILE_SYSTEM: {
    kind: 'refusal',
    means: 'The data volume holds something other than the configured file system.',
    mend: 'Look at it with wipefs --no-act, and either correct dataVolume or save and clear the volume by hand.',
  },
  DISK_LVM_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is a physical volume of LVM.',
    mend: 'Look at it with pvs, and correct dataVolume.volumeId; the agent uses whole disks only.',
  },
  DISK_RAID_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is a member of a RAID array.',
    mend: 'Look at it with mdadm --examine, and correct dataVolume.volumeId.',
  },
  DISK_ENCRYPTED: {
    kind: 'refusal',
    means: 'The data volume is a LUKS container.',
    mend: 'Look at it with cryptsetup luksDump, and correct dataVolume.volumeId; EBS encrypts by itself.',
  },
  DISK_ZFS_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is a member of a ZFS pool.',
    mend: 'Look at it with zpool import, and correct dataVolume.volumeId.',
  },
  DISK_SWAP: {
    kind: 'refusal',
    means: 'The data volume holds a swap area.',
    mend: 'If the swap area is not needed, make the file system by hand, and run apply again.',
  },
  DISK_SIGNATURES_AMBIGUOUS: {
    kind: 'refusal',
    means: 'The data volume has the signatures of more than one thing, or wipefs and blkid do not agree.',
    mend: 'Look at it with wipefs --no-act; once you know which signature is a leftover, erase that one by hand.',
  },
  DISK_FROM_SNAPSHOT: {
    kind: 'refusal',
    means: 'Nothing is found on the data volume, yet EC2 says that it was made from a snapshot.',
    mend: 'Check that it is the right snapshot; if it is meant to be empty, make the file system by hand.',
  },
  DISK_SHARED: {
    kind: 'refusal',
    means: 'The data volume is here, but EC2 says that it is attached to another instance.',
    mend: 'Detach it there: a volume attached to two instances cannot hold this file system.',
  },
  DISK_NAME_DIFFERS: {
    kind: 'refusal',
    means: 'The disk has no serial, and EC2 attached the data volume under another device name than its own.',
    mend: 'Set dataVolume.deviceName to the device name that EC2 shows for the attachment.',
  },
  DISK_SIZE_DIFFERS: {
    kind: 'refusal',
    means: 'The disk does not have the size that EC2 reports for the data volume.',
    mend: 'If the volume is being enlarged, run apply again after that; else compare the serial of the disk with EC2.',
  },
  DISK_NOT_BLANK: {
    kind: 'refusal',
    means: 'The data volume has no known signature, but is not empty.',
    mend: 'It may hold raw data or a damaged file system. Look at it by hand; the agent formats only what reads as zero.',
  },
  DISK_FILE_SYSTEM_DAMAGED: {
    kind: 'refusal',
    means: 'The file system of the data volume has its error flag set or a bad superblock.',
    mend: 'Take a snapshot, then check it by hand with e2fsck.',
  },
  DATA_VOLUME_OTHER_MOUNT: {
    kind: 'refusal',
    means: 'Something else is mounted at the mount point of the data volume.',
    mend: 'Unmount it, or choose another dataVolume.mountPoint.',
  },
  DATA_VOLUME_READ_ONLY: {
    kind: 'refusal',
    means: 'The data volume is read-only: the kernel makes a file system so after an error.',
    mend: 'Read journalctl --dmesg; take a snapshot, unmount the volume and check it with e2fsck.',
  },
  FSTAB_CONFLICT: {
    kind: 'refusal',
    means: 'An /etc/fstab entry of somebody else names our mount point or our device.',
    mend: 'Remove that entry, or choose another mountPoint.',
  },
  NFS_CLIENTS_UNKNOWN: {
    kind: 'refusal',
    means: 'nfs.clients is not configured, and the metadata service names no VPC CIDR.',
    mend: 'Set nfs.clients to the networks of the cluster.',
  },
  NFS_EXPORT_TAKEN: {
    kind: 'refusal',
    means: 'An entry of somebody else exports the data volume to one of our clients, but with other options.',
    mend: 'exportfs takes the first of two entries for the same client: remove the other one from the named file.',
  },
  NFS_VERSIONS_DIFFER: {
    kind: 'refusal',
    means: 'The NFS server was restarted, and still serves other versions of NFS than its files say.',
    mend: 'Look for options of rpc.nfsd in systemctl cat nfs-server; they count more than /etc/nfs.conf.d.',
  },

  // Warnings: converged, but degraded.
  PACKAGE_FAILED: {
    kind: 'warning',
    means: 'A package that a step needs or the configuration lists could not be installed.',
    mend: 'Read apt\'s reason in the message: correct the name, if "packages" lists it, or add the apt source that has it.',
  },
  NFS_CLIENT_UNRESOLVED: {
    kind: 'warning',
    means: 'A host in nfs.clients has a name that does not resolve here, so that nothing new is exported to it.',
    mend: "Correct the name, or name the host's network; names of Slurm's nodes are in no VPC's DNS.",
  },
  NFS_EXPORTED_BY_OTHERS: {
    kind: 'warning',
    means: 'An entry of somebody else opens the data volume wider than the configuration does.',
    mend: 'Remove the entry from the named file and run exportfs -ra, or say in nfs what is wanted.',
  },
  NFS_OLD_EXPORT_REMOVED: {
    kind: 'warning',
    means: 'The line by which the old script exported the data volume to everybody was removed from /etc/exports.',
    mend: 'Nothing is left to do. Clients that are in none of nfs.clients can no longer mount the volume.',
  },
  NFS_SETTING_OVERRIDDEN: {
    kind: 'warning',
    means: 'A file of somebody else in /etc/nfs.conf.d sets the NFS server otherwise than the configuration.',
    mend: 'Remove the setting there, or say the same in nfs; nfsconf --dump shows what all files come to.',
  },

  // Failures: the engine's own.
  ACTION_FAILED: {
    kind: 'failure',
    means: 'An action failed each time until the deadline.',
    mend: 'The message names the command and its last error.',
  },
  OBSERVATION_FAILED: {
    kind: 'failure',
    means: 'The machine could not be looked at until the deadline.',
    mend: 'The message names what could not be read.',
  },
  DEADLINE_PASSED: {
    kind: 'failure',
    means: 'The time of the step was up while there was still something to do, and nothing had failed.',
    mend: 'Run apply again: it goes on from there. The message names what is left.',
  },
  NOT_CONVERGING: {
    kind: 'failure',
    means: 'The actions succeed, but the next look still finds the same to do.',
    mend: 'Something else changes it back, or this is a bug: run plan and see what comes again.',
  },
} as const satisfies Record<string, Code>

type CodeOf<K extends Kind> = {
  [C in keyof typeof codes]: (typeof codes)[C]['kind'] extends K ? C : never
}[keyof typeof codes]

export type WaitCode = CodeOf<'wait'>
export type RefusalCode = CodeOf<'refusal'>
export type WarningCode = CodeOf<'warning'>
export type FailureCode = CodeOf<'failure'> | WaitCode
