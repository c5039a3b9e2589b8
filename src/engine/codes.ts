export type Kind = 'wait' | 'refusal' | 'warning' | 'failure'

/** What `explain` prints, in whole sentences. `mend` is the hint of a failure as well. */
interface Code {
  readonly kind: Kind
  /** One line of a list in 80 columns, beside the code. */
  readonly means: string
  /** How it comes about. */
  readonly cause: string
  readonly mend: string
}

/** Every code that the agent can print, with what it means and how to mend it. The one place where codes are made. */
export const codes = {
  // Waits: someone else must move first. At the deadline the last wait's code is the failure's.
  APT_LOCKED: {
    kind: 'wait',
    means: 'Another process holds a lock of apt or dpkg.',
    cause:
      'Packages are missing, or an image is baked, and one of the lock files of dpkg and apt is held by another process: at first boot mostly by unattended-upgrades or by cloud-init, later by a person at apt.',
    mend: 'Wait for the process that the message names: unattended-upgrades runs at first boot and ends by itself. Do not kill a dpkg, and do not remove the lock files: that leaves packages half-installed.',
  },
  EFS_MOUNT_TARGET_CREATING: {
    kind: 'wait',
    means: 'The mount target in this zone is not available yet.',
    cause:
      'EFS lists a mount target in the availability zone of this instance, but in a state in which it does not serve: creating, mostly. The message names the state.',
    mend: 'A new file system takes about five minutes. If it stays so, look at the mount target in the EFS console.',
  },
  EFS_MOUNT_TARGET_DELETED: {
    kind: 'wait',
    means: 'The mount target in this zone is being deleted.',
    cause:
      'Every mount target that EFS lists in the availability zone of this instance is being deleted, or was until now; or the file system is mounted here, EFS lists none in the zone any more, and its name does not resolve. A mount through it hangs, and loses nothing.',
    mend: 'Create a mount target in the zone again; the message names the zones that have one. What is mounted through the tunnel (efs.client "stunnel") finds it by its name, or by efs.mountTargetIp once that is corrected and apply has run, and goes on. With the client "nfs", or by amazon-efs-utils to a fixed address, the mount keeps the old address: if the new mount target has another, unmount by umount --force --lazy, which loses what was not written yet, and run apply.',
  },
  EFS_NO_MOUNT_TARGET_IN_ZONE: {
    kind: 'wait',
    means: 'EFS has no mount target in this availability zone.',
    cause:
      'EFS was asked for the mount targets of efs.fileSystemId, and none of them is in the availability zone of this instance. The message names the zones that have one; those that are being deleted do not count. The DNS name of the file system resolves only in these; where it does resolve, as by /etc/hosts or a private hosted zone, that is the way that is taken.',
    mend: 'Create a mount target in the zone, or check efs.fileSystemId. To use the mount target of another zone, or of a peered VPC, set efs.availabilityZone or efs.mountTargetIp. An instance in a zone that has a mount target would do as well.',
  },
  EFS_NAME_DOES_NOT_RESOLVE: {
    kind: 'wait',
    means: "The file system's DNS name does not resolve here.",
    cause:
      'The name follows its mount target within 90 s after that is available, and only the DNS of its own VPC has it, in zones that have a mount target. Later, a wrong efs.fileSystemId or another name server is behind it. The message tells what EFS says of the mount targets, and has the error of a name server that fails.',
    mend: 'Check efs.fileSystemId, that DNS resolution and DNS host names are enabled in the VPC, and that the instance asks the name server of the VPC (/etc/resolv.conf). From another VPC the name needs a private hosted zone.',
  },
  EFS_API_DENIED: {
    kind: 'wait',
    means: 'EFS may not be asked why its name does not resolve.',
    cause:
      'The DNS name of the file system does not resolve, and EFS, which could tell why and give the address of the mount target, may not be asked: the role of the instance, if it has one, does not allow elasticfilesystem:DescribeMountTargets. Where the name resolves, EFS need not be asked.',
    mend: 'Allow elasticfilesystem:DescribeMountTargets to the role of the instance: then the agent says what is missing, and mounts by the address until the name resolves. Without it, see EFS_NAME_DOES_NOT_RESOLVE.',
  },
  EFS_PORT_CLOSED: {
    kind: 'wait',
    means: 'The mount target refuses TCP port 2049.',
    cause:
      'A connection to the address is refused at once: something is there, but does not listen on the port. Either the mount target is about to come or to go, or the name leads to some other machine, as by a line in /etc/hosts.',
    mend: "Look at the mount target in the EFS console, and check that the address is the file system's (getent hosts with its name).",
  },
  EFS_PORT_SILENT: {
    kind: 'wait',
    means: 'The mount target does not answer on TCP port 2049.',
    cause:
      'There is an address, but a connection to it has no answer within 5 s, or there is no route to it. It is nearly always a security group: that of the mount target does not let this instance in. Less often it is a network ACL, or the outbound rules of the instance.',
    mend: 'Allow TCP 2049 from this instance in the security group of the mount target.',
  },
  EFS_TLS_FAILED: {
    kind: 'wait',
    means: 'No TLS connection to the mount target comes about.',
    cause:
      'Port 2049 is open, but the TLS handshake is cut off or not answered, or the certificate is not valid yet or no longer. The clock is wrong, as it can be on a machine that has just booted; the mount target is about to come or to go; or what is there speaks no TLS. A certificate of somebody else is a refusal, EFS_CERTIFICATE_REJECTED.',
    mend: "Check the clock (timedatectl), and that the address is the file system's (getent hosts with its name).",
  },
  EFS_NOT_EXPORTED: {
    kind: 'wait',
    means: 'The NFS server of EFS lets nothing be mounted.',
    cause:
      'The mount target answers, by TLS too, but the mount was denied, or what is to be mounted is not there. The policy of the file system does not grant elasticfilesystem:ClientMount to this client, or asks for IAM or an access point, or the access point is none of this file system. The message has the words of mount.',
    mend: 'Grant elasticfilesystem:ClientMount in the file system policy, or set efs.iam and efs.accessPoint as it asks for. A change takes a few minutes.',
  },
  EFS_READ_ONLY: {
    kind: 'wait',
    means: 'EFS is mounted, but root cannot write to it.',
    cause:
      'The policy of the file system does not grant writing, or makes root a nobody. Without efs.iam, what counts is what the policy grants to every client. An access point can make root another user. The destination of a replication is read-only too.',
    mend: 'In the file system policy, grant elasticfilesystem:ClientWrite and ClientRootAccess to every principal, or, with efs.iam, to the role of the instance; or remove the policy. A change takes a few minutes.',
  },
  EFS_NOT_ANSWERING: {
    kind: 'wait',
    means: 'EFS is mounted, but does not answer.',
    cause:
      'A question to the mount point had no answer within 10 s, or an error, which the message has, though the mount target accepts new connections: the connection of the mount itself is stuck. The mount is a hard one: programs that use it hang, and lose nothing.',
    mend: 'Read journalctl --dmesg and what the tunnel says (journalctl -u slurm-node-agent-efs; with amazon-efs-utils, /var/log/amazon/efs). When the file system answers, the programs go on by themselves; to unmount it by force loses what they wrote. With the client "nfs", or by amazon-efs-utils to a fixed address, the mount keeps the address that it was made with: where the mount target has another now (getent hosts with its name), only umount --force --lazy helps, and apply after it.',
  },
  EFS_HELPER_DID_NOT_MOUNT: {
    kind: 'wait',
    means: 'mount.efs calls it a success, and mounts nothing.',
    cause:
      'mount.efs, the helper of amazon-efs-utils, ended with exit code 0, but nothing is mounted. It does so on purpose where network.target is not active, so as not to keep a machine from booting. What it said is in the message, and in its log in /var/log/amazon/efs.',
    mend: 'Read what it said, and /var/log/amazon/efs/mount.log. See that systemctl is-active network.target says "active". Without IAM and an access point, efs.client "stunnel" mounts without the helper.',
  },
  EFS_UTILS_UNREACHABLE: {
    kind: 'wait',
    means: 'The .deb of amazon-efs-utils cannot be fetched.',
    cause:
      'amazon-efs-utils is to be installed from efs.utilsPackage.url, but there is no way to it from here, the server has no such file, its certificate is not trusted by this machine, or the file is larger than 64 MiB or does not come within five minutes. The message tells which.',
    mend: 'Correct efs.utilsPackage.url, or see to it that this subnet has a way to the server: a NAT gateway, or an endpoint for S3 where the file lies there.',
  },
  EFS_STALE: {
    kind: 'wait',
    means: 'EFS is mounted, but what was mounted is gone.',
    cause:
      'The server answers a question to the mount point with a stale file handle (ESTALE): the file system, or the access point, was deleted and made again, or it was replaced under its name. Programs that use the mount get errors.',
    mend: 'End the programs that use the mount, unmount it (systemctl stop with its mount unit, which the message names), and run apply: the agent mounts what is there now.',
  },
  EFS_TUNNEL_DOWN: {
    kind: 'wait',
    means: 'The TLS tunnel to EFS does not stay up.',
    cause:
      'slurm-node-agent-efs.service is found starting or stopping, not running: stunnel ends, and systemd starts it again every second. Mostly another program listens on its port, 127.0.0.1:22049.',
    mend: 'Read journalctl -u slurm-node-agent-efs; ss -ltnp names the program that listens on port 22049.',
  },
  DATA_VOLUME_NOT_ATTACHED: {
    kind: 'wait',
    means: 'The data volume is attached to no instance.',
    cause:
      'EC2 lists no attachment of dataVolume.volumeId, or, where the configuration has no ID, none to this instance under dataVolume.deviceName. Terraform attaches a volume minutes after the boot, and what EC2 lists can lag behind a disk that is here already. The message tells the state of the volume.',
    mend: 'Attach the volume to this instance, or set dataVolume.attach and allow ec2:AttachVolume for the agent to do so. Without an ID, check dataVolume.deviceName.',
  },
  DATA_VOLUME_ATTACHING: {
    kind: 'wait',
    means: 'EC2 is attaching the data volume to this instance.',
    cause:
      'EC2 has begun the attachment, by the agent or by somebody else, and does not call it attached yet. That takes seconds. An attachment that EC2 takes back at once lacks the right to use the KMS key of the volume.',
    mend: 'An attachment that stays so is stuck, mostly on a device name that the instance uses otherwise: detach the volume, and attach it under another name.',
  },
  DATA_VOLUME_DETACHING: {
    kind: 'wait',
    means: 'EC2 is detaching the data volume.',
    cause:
      'Somebody has asked EC2 to detach the volume from the instance that the message names, which may be this one. It stays busy for as long as that instance has it mounted.',
    mend: 'Unmount it there; stopping that instance ends it, too. Do not detach it by force: what was not written yet is lost.',
  },
  DATA_VOLUME_NOT_SEEN: {
    kind: 'wait',
    means: 'EC2 has attached the volume, the kernel has not.',
    cause:
      'EC2 calls the volume attached to this instance, but no disk has its serial number, nor, on Xen, its name. The kernel has missed the new disk, or could not start it; the agent has it look at the PCI bus again, once a minute.',
    mend: 'Read journalctl --dmesg for nvme and pci. A reboot, or a stop and start of the instance, makes the kernel look at all of its disks.',
  },
  DATA_VOLUME_IN_USE: {
    kind: 'wait',
    means: 'Another instance has the data volume.',
    cause:
      'EC2 lists an attachment of the volume to another instance, which the message names, and none to this one. With dataVolume.attach this is a refusal, ATTACH_IN_USE.',
    mend: 'Unmount the volume there and detach it, or correct dataVolume.volumeId. If that is a front end, stop slurmctld, slurmdbd and mariadb there first, as slurm-node-agent explain FRONT_END_ELSEWHERE says.',
  },
  DATA_VOLUME_OTHER_ZONE: {
    kind: 'wait',
    means: 'The data volume is in another availability zone.',
    cause:
      'EBS volumes are attached within their availability zone alone, and this instance is in another one: this volume can never come. With dataVolume.attach this is a refusal, ATTACH_OTHER_ZONE.',
    mend: 'Launch the instance in the zone of the volume, or make a volume in the zone of the instance from a snapshot of it and set dataVolume.volumeId.',
  },
  DATA_VOLUME_UNKNOWN: {
    kind: 'wait',
    means: 'EC2 knows no volume with that ID.',
    cause:
      'EC2 was asked for dataVolume.volumeId, and there is none in the region and account of this instance. Right after a volume was made, EC2 may not know it for some seconds. With dataVolume.attach this is a refusal, ATTACH_NO_VOLUME.',
    mend: 'Correct dataVolume.volumeId.',
  },
  ATTACH_DENIED: {
    kind: 'wait',
    means: 'The instance may not attach the data volume.',
    cause:
      'dataVolume.attach is set, the volume is free and in this availability zone, but EC2 answers a dry run of the attachment with a refusal: the role of the instance lacks ec2:AttachVolume. It is asked again until the deadline, since a new policy takes some seconds.',
    mend: 'Allow ec2:AttachVolume to the role of the instance, on the volume and on the instance; or attach the volume yourself.',
  },
  EC2_DENIED: {
    kind: 'wait',
    means: 'The instance may not ask EC2 what it must know.',
    cause:
      'Something can only be told by EC2, such as why the data volume is not here, which volume has a device name, or whether the instance that has the name of a node still is there, and the role of the instance, if it has one, does not allow the call. The message names the action.',
    mend: 'Give the instance a role that allows the action in the message; a Describe action of EC2 can be allowed on all resources ("*") alone. Which volume dataVolume.deviceName is need not be asked where dataVolume.volumeId is set, nor, on Nitro, where the package amazon-ec2-utils is installed: its udev rules link the name to the disk.',
  },
  EC2_UNREACHABLE: {
    kind: 'wait',
    means: 'There is no way from here to the API of EC2.',
    cause:
      'Something can only be told by EC2, such as why the data volume is not here, which volume has a device name, or whether the instance that has the name of a node still is there, but no connection to the API comes about: the subnet is private, or a security group or a proxy stands between.',
    mend: 'Give the subnet a VPC endpoint for EC2 or a NAT gateway, and allow outbound TCP 443. EC2_DENIED has what else tells which volume dataVolume.deviceName is.',
  },
  EC2_THROTTLED: {
    kind: 'wait',
    means: 'EC2 throttles the API calls of the account.',
    cause:
      'EC2 counts the calls of the whole account in a region, and refuses those that are too many. The agent asks once every few seconds while it waits for a volume or for the name of a node.',
    mend: 'This passes by itself. Where it does not, look in CloudTrail for the program that asks so often.',
  },
  EC2_NOT_ANSWERING: {
    kind: 'wait',
    means: 'EC2 gives no answer to what it was asked.',
    cause:
      'There is a way to EC2, or to a firewall or proxy before it, but the call failed for something that may pass: an error on its side, no answer in time, or a connection that was broken off. While EC2 may still answer, no disk is formatted, and none is mounted, before it has said whether another instance uses the volume, whether it comes from a snapshot, and how large it is; no name of a node is taken over before EC2 has said that its instance is gone.',
    mend: "Read EC2's words in the message; an error on its side passes by itself. If it does not pass, a firewall or a proxy breaks the connection off: allow ec2.REGION.amazonaws.com (TCP 443) there, or give the subnet a VPC endpoint for EC2.",
  },
  DEVICE_BUSY: {
    kind: 'wait',
    means: 'Another process keeps the data volume to itself.',
    cause:
      'Somebody has an flock on the device, so that the agent does not look into it: most likely a mkfs that outlived its agent, which was killed. Or nothing whole is found on it, and somebody has opened it exclusively (O_EXCL): a mkfs by hand, or a mount that only another mount namespace sees. Or another process has it open for writing, as a dd that copies to it.',
    mend: 'Wait for it to end: lsof with the device, or ps -C mkfs.ext4,mkfs.xfs, shows the process. Where there is none, grep for the device in /proc/*/mountinfo. A mkfs that is killed leaves half a file system.',
  },
  DATA_VOLUME_MOUNT_FAILED: {
    kind: 'wait',
    means: 'systemd cannot mount the data volume.',
    cause:
      'The file system on the volume looks whole, but its check before the mount (systemd-fsck) or the mount itself fails each time; the message has their last words. The check ends with an error where it would have to mend more than is safe without a person, the mount where the kernel finds damage that the superblock does not show, or does not know an option that somebody has given the mount unit.',
    mend: 'Read the message and journalctl --dmesg; systemctl cat with the mount unit shows its options. Take a snapshot of the volume; then check it with e2fsck, or xfs_repair -n, while it is not mounted, and run apply again.',
  },
  MUNGE_NOT_ANSWERING: {
    kind: 'wait',
    means: 'munged does not make and decode a credential.',
    cause:
      'munged was started and does not stay up, or munge and unmunge cannot pass a credential through it. Mostly it refuses its key or one of its directories for their owner or mode, or the clock was set meanwhile.',
    mend: 'Read the message, journalctl -u munge and /var/log/munge/munged.log. Set right what they complain of: the key and its own directories belong to munge, those above them to root, and others must not be able to write to any (chmod go-w).',
  },
  SLURM_STATE_NOT_MOUNTED: {
    kind: 'wait',
    means: "The disk of slurmctld's state is not mounted.",
    cause:
      '/etc/fstab has an entry for a place at or above slurm.stateSaveLocation, and nothing is mounted there: its device is not there, or mounting it fails. slurmctld does not start without it, and nothing is made on the bare directory.',
    mend: 'Attach the disk: once its device is there, the agent mounts it. Where that fails, read the message and journalctl --dmesg. Where the entry is no longer meant, remove it.',
  },
  SLURMCTLD_NOT_UP: {
    kind: 'wait',
    means: 'scontrol ping does not report slurmctld as UP.',
    cause:
      'slurmctld was started, and dies each time or does not answer. Mostly it cannot read a line of your own in slurm.conf, the state is that of another cluster name or of a newer Slurm, or nodes are still looked up in DNS (ten tries for each that is not found).',
    mend: 'Read the last words in the message and /var/log/slurm/slurmctld.log, mend what they name, and run apply again. Do not empty slurm.stateSaveLocation: the jobs are in it.',
  },
  ACCOUNTING_DISK_NOT_MOUNTED: {
    kind: 'wait',
    means: 'The disk of accounting.directory is not mounted.',
    cause:
      '/etc/fstab has an entry for a place at or above accounting.directory, and nothing is mounted there: its device is not there, or mounting it fails. MariaDB does not start without it, and no database is made on the bare directory.',
    mend: 'Attach the disk: once its device is there, the agent mounts it. Where that fails, read the message and journalctl --dmesg. Where the entry is no longer meant, remove it.',
  },
  MARIADB_NOT_ANSWERING: {
    kind: 'wait',
    means: 'MariaDB, of the accounting, does not answer.',
    cause:
      'mariadb.service was started and does not stay up, or root cannot ask it over its Unix socket. Mostly the disk is full, accounting.directory does not belong to mysql, another file in /etc/mysql has a line that it does not know, or the account root@localhost no longer goes by unix_socket.',
    mend: 'Read the last words in the message and journalctl -u mariadb; mend what they name, and run apply again. Do not empty accounting.directory: all that was recorded is in it.',
  },
  SLURMDBD_NOT_ANSWERING: {
    kind: 'wait',
    means: 'slurmdbd does not answer sacctmgr.',
    cause:
      'slurmdbd was started, and dies each time or does not answer. Mostly it cannot read a line of your own in slurmdbd.conf, it is older than its database, or it is still converting that after an upgrade of Slurm, which takes minutes for a large one. slurmctld, where it runs, keeps what it has to tell.',
    mend: 'Read the last words in the message and /var/log/slurm/slurmdbd.log, mend what they name, and run apply again. Do not stop one that converts its tables.',
  },
  MUNGE_KEY_NOT_TAKEN_UP: {
    kind: 'wait',
    means: 'Nodes do not have the new Munge key yet.',
    cause:
      'The key of the cluster was replaced, and slurmctld stays stopped until the job servers have the new one: each takes it up in its next steady run and tells so on the share. The message names those that have not; those that slurmctld had as down and not responding when the change began are not among them. Jobs run on meanwhile.',
    mend: 'Wait, or run slurm-node-agent apply on the nodes that are named. Those that are off are not waited for longer than 15 minutes after the change; they take the key up when they are on again. To wait no longer for one, as for that of an instance that was only just terminated, remove its file NAME.munge-key from slurm/nodes on the share.',
  },
  MUNGE_KEY_NOT_PUBLISHED: {
    kind: 'wait',
    means: 'The cluster has no Munge key on the share yet.',
    cause:
      'A job server takes the key that the front end makes and publishes on the share, and makes none itself. The front end has not come so far: it may not be started yet, or one of its steps before that waits or fails.',
    mend: 'Look at slurm-node-agent status on the front end: its steps efs and munge-key. Check that both machines have the same efs.fileSystemId and efs.mountPoint. A job server may come up before the front end; what is late is taken up by the next run.',
  },
  SLURM_CONF_NOT_PUBLISHED: {
    kind: 'wait',
    means: 'The front end has no slurm.conf on the share yet.',
    cause:
      'A job server takes slurm.conf and cgroup.conf, and gres.conf where there is one, from the share, where the front end writes them. The message names the file that is missing.',
    mend: 'Look at slurm-node-agent status on the front end: its steps efs and slurm-conf. Check that both machines have the same efs.fileSystemId and efs.mountPoint.',
  },
  SLURM_CONF_NOT_SERVED: {
    kind: 'wait',
    means: 'slurmctld does not hand out slurm.conf yet.',
    cause:
      'With slurm.configless, slurmd fetches slurm.conf from slurmctld when it starts. slurmctld does not answer, or runs with another slurm.conf than the front end has published, or slurm.configless is not true there. The message says which.',
    mend: "Look at slurm-node-agent status on the front end: its step slurmctld restarts slurmctld with a slurm.conf that has changed. Set slurm.configless to true there, or to false here. A line of your own in the front end's slurm.conf that sets SlurmctldParameters must have enable_configless as well: the last one counts.",
  },
  FRONT_END_ELSEWHERE: {
    kind: 'wait',
    means: 'Another machine is the front end of the cluster.',
    cause:
      'The link front-end on the share names another instance with its data volume, which is not mounted here. While it is not, that instance may still run slurmctld, with the same state: two of them would lose jobs. Or the volume is mounted here, and slurmctld still takes connections at the address that slurm.conf on the share has for it; where a security group keeps this instance from there, that cannot be seen. slurmctld is stopped and disabled here, and slurm.conf left as it is. Before there was such a link, frontend.json told of the front end by its address.',
    mend: 'Terminate that instance, and attach its data volume to this one: once it is mounted, this instance takes over. Where that instance is kept, on it run touch /etc/slurm-node-agent/disabled and systemctl disable --now slurmctld slurmdbd mariadb (those that it has) before the volume is unmounted and detached: its agent would start slurmctld again, and so would systemd when the instance is stopped and started later, before an agent looks, unless slurm.stateSaveLocation is on EFS or that volume. Where the instance is gone for good and the volume does not come, or another one is in its place, remove the file that the message names; if this one was the front end before, move its /etc/slurm/slurm.conf away first, as the lines of your own in it would count. On Xen types, such as t2 and m4, disks have no serial to tell the mounted volume by: there a person removes that file, too, once that instance is gone.',
  },
  NODE_NAMES_TAKEN: {
    kind: 'wait',
    means: 'Other instances have all the names of the range.',
    cause:
      'The hostname of this job server is a range, and each name of it has been claimed by an instance that EC2 still has, or by a file that names none. The message has them. A stopped instance keeps its name. So does one that EC2 does not know, until 15 minutes after its claim: it may only be too new.',
    mend: "Terminate an instance that is no longer needed, or make the range longer, here and in the front end's slurm.nodes: a name that becomes free is taken by itself. A file that names no instance is nobody's: remove it.",
  },
  NODE_NAME_IN_USE: {
    kind: 'wait',
    means: 'Another machine works under the name of this one.',
    cause:
      'The share has a record of a node with the hostname of this job server and another address, and a slurmd answers there (TCP port 6818): two machines have been given one name, or the one that this one replaces still runs. The record stays as it is, and so does the other machine in the cluster.',
    mend: 'Terminate the other machine, or give this one a name of its own; instances that share their user data are given a range (job-[1-4]). Once slurmd answers there no more, this one takes the name over by itself. Where the address has gone on to a node of another cluster, remove the record: slurm/nodes/NAME.json on the share.',
  },
  NODE_NOT_CONFIGURED: {
    kind: 'wait',
    means: 'slurm.conf has no node of the name of this machine.',
    cause:
      'The name of this job server, configured or claimed of a range, is none of the nodes of the slurm.conf that the front end publishes. The message names those.',
    mend: "Correct the hostname here, or add the node to slurm.nodes in the front end's configuration and run apply there: this machine takes the new file up by itself.",
  },
  EXPORT_NOT_PUBLISHED: {
    kind: 'wait',
    means: 'The front end does not export its volume yet.',
    cause:
      'Once the front end exports its data volume, and is the one that the share names, it writes its address and the directory to the share. That file is not there, or is no such record.',
    mend: 'Look at slurm-node-agent status on the front end: its steps data-volume, nfs-export, front-end and node-record.',
  },
  SHARED_VOLUME_UNREACHABLE: {
    kind: 'wait',
    means: "The front end's NFS server cannot be reached.",
    cause:
      'The front end has published its export, but TCP port 2049 at its address refuses or does not answer: its NFS server does not run, a security group is in the way, or the address is that of a front end that is gone.',
    mend: 'Allow TCP port 2049 from the job servers in the security group of the front end, and look at slurm-node-agent status there: its steps nfs-export and node-record.',
  },
  SHARED_VOLUME_NOT_MOUNTED: {
    kind: 'wait',
    means: "The front end's volume cannot be mounted.",
    cause:
      'The NFS server answers, and the mount fails. The message has the last words of mount. "access denied by server" means that the volume is not exported to the address of this machine, or that it is not mounted on the front end.',
    mend: "Compare nfs.clients in the front end's configuration with the address of this machine, and run exportfs -v on the front end.",
  },
  SHARED_VOLUME_NOT_ANSWERING: {
    kind: 'wait',
    means: 'The shared volume is mounted, but of no use now.',
    cause:
      'A simple question got no answer in time, or the server no longer knows what was mounted (stale file handle). The mount is hard: programs that use it wait, and go on when the server is back. The step ends before its deadline where the front end has published another Munge key or slurm.conf meanwhile: the next run takes that up, and waits anew.',
    mend: 'Look at the front end: whether it runs, and slurm-node-agent status there. If the volume was replaced by another (stale file handle), end the programs that use the mount here and unmount it; the next run mounts it again.',
  },
  SLURMD_NOT_RUNNING: {
    kind: 'wait',
    means: 'slurmd does not stay up.',
    cause:
      'slurmd was started, and is not active, or, with slurm.configless, has fetched no slurm.conf yet. The message has its last words. Mostly it cannot read a line of slurm.conf, lacks a cgroup controller or a device file of gres.conf, or the shared volume, which it requires, is not mounted.',
    mend: 'Read the last words in the message and /var/log/slurm/slurmd.log, mend what they name, and run apply again.',
  },
  SLURMCTLD_NOT_ANSWERING: {
    kind: 'wait',
    means: 'slurmctld does not tell what it knows of this node.',
    cause:
      'scontrol show node failed on this machine; the message has its words. "Zero Bytes were transmitted or received", or words about authentication or a credential, mean that this machine has another Munge key than the front end, or another time; "Unable to contact slurm controller" that slurmctld is not up or its port 6817 is closed.',
    mend: 'Look at slurm-node-agent status on the front end, at the clocks (timedatectl), and at the security group: 6817 on the front end from the job servers, 6818 on these from the front end. A key of this machine that is not the cluster’s is replaced by apply.',
  },
  NODE_ADDRESS_NOT_TAKEN_UP: {
    kind: 'wait',
    means: 'slurmctld does not have the address of this node.',
    cause:
      'This machine has published its address on the share. The front end takes it into slurm.conf in its next run: at the latest after its convergeIntervalSeconds; with accounting, not before MariaDB answers there.',
    mend: 'Wait for that run, or start it: slurm-node-agent apply on the front end. With convergeIntervalSeconds 0 there, it must be started by hand.',
  },
  NODE_HARDWARE_NOT_TAKEN_UP: {
    kind: 'wait',
    means: 'slurm.conf does not have the hardware of this node.',
    cause:
      'This machine has published what slurmd finds, and its line in slurm.conf has something else: what it had before it was made smaller or larger, or the 1 CPU or 1 MiB of a node that nobody knew. The message has both. The front end takes it up in its next run: at the latest after its convergeIntervalSeconds. Until then slurmctld would drain a node that has less than its line says, or start jobs on one that it ends once the cores are others.',
    mend: 'Wait for that run, or start it: slurm-node-agent apply on the front end. With convergeIntervalSeconds 0 there, it must be started by hand.',
  },
  NODE_NOT_UP: {
    kind: 'wait',
    means: 'slurmctld does not have this node as up.',
    cause:
      'slurmd runs, and slurmctld has the node as down, unknown or not responding; the message has the state and the reason. A node that has only just registered becomes IDLE within seconds.',
    mend: 'Read the reason in the message, and /var/log/slurm/slurmd.log here and slurmctld.log on the front end. The security groups must let the front end reach TCP port 6818 here. To keep a node out, set it to DRAIN: slurmctld takes one that was set DOWN back as soon as its slurmd answers (ReturnToService=2).',
  },
  NFS_NOT_EXPORTED: {
    kind: 'wait',
    means: 'exportfs does not show the configured export.',
    cause:
      'The file in /etc/exports.d is written and exportfs -a was run, but exportfs -v does not show the volume for that network with all its options. An entry of somebody else for the same directory and network takes its place, or the volume has been unmounted.',
    mend: 'Run exportfs -a and read what it prints; look for the directory in /etc/exports and in the other files of /etc/exports.d, and read journalctl -u nfs-server.',
  },

  CLOUD_INIT_RUNNING: {
    kind: 'wait',
    means: 'cloud-init is still at work on this boot.',
    cause:
      'An image is baked, and cloud-init has not ended its work of this boot: it may be at apt, and would leave data of this instance behind. A bake that is started by cloud-init itself, out of user data, waits in vain.',
    mend: 'Wait. Where it does not end, cloud-init status --long and /var/log/cloud-init-output.log say what it is at. Start the bake over SSH or Session Manager.',
  },

  // Refusals: a person must decide.
  PACKAGE_MISSING: {
    kind: 'refusal',
    means: 'A package that the step needs is not installed.',
    cause:
      'The step "packages" has tried to install it, and has ended with a warning instead (PACKAGE_FAILED). Without the package there is nothing for this step to look at.',
    mend: 'Read apt\'s reason with the step "packages" in slurm-node-agent status; check the machine\'s apt sources, and run apply again.',
  },
  HOSTS_UNREADABLE: {
    kind: 'refusal',
    means: '/etc/hosts is missing.',
    cause:
      'The step adds one line to /etc/hosts, and does not make the file: one that held nothing but this line would take the name "localhost" from the machine.',
    mend: 'Restore /etc/hosts, beginning with the line "127.0.0.1 localhost", and run apply again.',
  },
  EFS_OTHER_MOUNT: {
    kind: 'refusal',
    means: 'Something else is at the mount point of EFS.',
    cause:
      'Another file system is mounted on efs.mountPoint, or EFS by other means than efs.client, or the file system of an earlier efs.fileSystemId, or by earlier efs.tls, efs.iam or efs.accessPoint; or amazon-efs-utils has mounted what no entry of the agent in /etc/fstab tells of; or a unit file of somebody else is made for that place. Whatever is mounted may be in use, so it is not for the agent to unmount it.',
    mend: 'Unmount it when nobody needs it (systemctl stop with its mount unit, which the message names) and remove its unit file, or choose another efs.mountPoint.',
  },
  EFS_CERTIFICATE_REJECTED: {
    kind: 'refusal',
    means: 'Another server answers in the name of EFS.',
    cause:
      "Port 2049 is open and speaks TLS, but the certificate is for another name than the file system's, or of an authority that this machine does not trust. Nothing is mounted: what was written would go to somebody else. The name leads elsewhere, as by a line in /etc/hosts, a proxy opens the connections, or the trust store is old.",
    mend: "Check that the address is the file system's (getent hosts with its name), and that ca-certificates is current; then run apply again.",
  },
  EFS_HELPER_MISSING: {
    kind: 'refusal',
    means: 'mount.efs is needed to mount EFS, and missing.',
    cause:
      'There is no /sbin/mount.efs, and efs.client, efs.iam or efs.accessPoint asks for it. No archive of Debian or Ubuntu has amazon-efs-utils, so the agent can install it only from efs.utilsPackage; or that was installed, and has no mount.efs.',
    mend: 'Set efs.utilsPackage to a .deb of amazon-efs-utils and its SHA-256, or install it as AWS describes. Without IAM and an access point, efs.client "auto" mounts through stunnel4.',
  },
  EFS_UTILS_DIFFERS: {
    kind: 'refusal',
    means: 'The .deb of amazon-efs-utils is another one.',
    cause:
      'What efs.utilsPackage.url gives does not have the SHA-256 in efs.utilsPackage.sha256. It was thrown away before anything was made of it. The file was replaced by another version, or by something else.',
    mend: 'Find out which file is the right one. Correct efs.utilsPackage, or put the right file there, and run apply again.',
  },
  MOUNT_POINT_NOT_DIRECTORY: {
    kind: 'refusal',
    means: 'What is at the mount point is no directory.',
    cause:
      'efs.mountPoint or dataVolume.mountPoint is a file or a symbolic link. systemd mounts on no symbolic link, and what is there is for its owner to remove.',
    mend: 'Move it away, or choose another mountPoint: of a symbolic link, the directory that it points to.',
  },
  MOUNT_WOULD_HIDE_FILES: {
    kind: 'refusal',
    means: 'A mount would hide what is on the bare directory.',
    cause:
      '/etc/fstab has an entry for a place at or above slurm.stateSaveLocation or accounting.directory, and nothing is mounted there; but the daemon that keeps its data there runs, or files lie on the bare directory: the entry is newer than these, or they are an older copy of what is on the disk. Mounted over them, slurmctld would lose its jobs, and MariaDB its database. Nothing is changed.',
    mend: 'Stop slurm-node-agent.timer, slurmctld and, for the accounting data, slurmdbd and mariadb; move what is on the bare directory away, and mount the disk. Where that is what counts, move it to its place on the disk, with its owners. Then run apply and start the timer. Where the entry is not meant, remove it instead.',
  },
  MUNGE_KEY_DAMAGED: {
    kind: 'refusal',
    means: 'The Munge key on the share is no whole key.',
    cause:
      'The link "current" in slurm/munge on the share names a file that is missing, is no key of 32 to 1024 bytes, or does not have the SHA-256 that it is named by. The agent links a key only when it is whole: somebody has changed it since.',
    mend: 'Restore the file from a node that has the key (/etc/munge/munge.key; sha256sum gives the name). Or remove "current": the next apply publishes the key of this machine, if it is the cluster\'s, else it takes or makes another, which all nodes must then get.',
  },
  MUNGE_KEY_NOT_ROOTS: {
    kind: 'refusal',
    means: "The Munge key on the share is not root's alone.",
    cause:
      "The key, or the directory slurm or slurm/munge on the share, belongs to another user, is a symbolic link, or can be written by others than root. Who could put a key there may have chosen the cluster's, and could then speak in the name of every user.",
    mend: 'Look at what is there. If you know how it came about, give it to root (chown root:root, chmod go-w); else move it away, so that the cluster gets another key.',
  },
  SLURM_DIRECTORY_TAKEN: {
    kind: 'refusal',
    means: 'A directory that Slurm needs is not free for it.',
    cause:
      'slurm.stateSaveLocation, /var/log/slurm or the directory slurm on the share is a file or a symbolic link; or slurm.stateSaveLocation belongs to another user and is not empty: the agent would have to give what is there to the user slurm. Or it is on EFS or the data volume, in or below a directory that others than root and slurm can write to, or that is theirs: they could put a state of their own in its place.',
    mend: 'Choose another slurm.stateSaveLocation, or move away what is there. If it is the state of slurmctld itself, run chown --recursive slurm:slurm on it. Of a directory that others can write to, do as the message says: to choose another place while there is a state would lose the queue.',
  },
  SLURM_STATE_GONE: {
    kind: 'refusal',
    means: "slurmctld's state is gone from its directory.",
    cause:
      'A run before has made slurm.conf with this slurm.stateSaveLocation, and the directory is no longer there: the disk that it is on is not mounted there any more, as after another dataVolume.mountPoint, or it was moved. With an empty one in its place slurmctld would forget its queue, and end the jobs that it finds on nodes.',
    mend: 'Mount the disk, put the directory back with its owners, or let slurm.stateSaveLocation follow it, and run apply again. Where nothing of it is left, or the jobs are not needed, make it by the command of the message.',
  },
  ACCOUNTING_DIRECTORY_TAKEN: {
    kind: 'refusal',
    means: 'accounting.directory is not free for MariaDB.',
    cause:
      'It is a file, a symbolic link or a mount point, or a directory that holds something, but not the system tables of MariaDB; or these belong to another user than mysql, as on a disk that comes from another machine, where that user has another number. The agent makes a database only where there is nothing. Or it is on the data volume, in or below a directory that others than root and mysql can write to, or that is theirs: they could put a database of their own in its place.',
    mend: 'Look at what is there. A database that is yours is given to mysql by the chown of the message. Move anything else away, or choose another accounting.directory; of a disk of its own, a directory below the mount point. Of a directory that others can write to, do as the message says.',
  },
  ACCOUNTING_DATA_ELSEWHERE: {
    kind: 'refusal',
    means: 'The accounting database is in another directory.',
    cause:
      'accounting.directory was changed, and the database is still where it was by the earlier configuration. A new one in the new place would begin with nothing.',
    mend: 'Stop slurmdbd, mariadb and the timer of the agent, move the directory that the message names to accounting.directory, with its owners, run apply and start the timer; or set accounting.directory back.',
  },
  ACCOUNTING_DATA_GONE: {
    kind: 'refusal',
    means: 'The accounting database is gone from its directory.',
    cause:
      'The agent had made the database in accounting.directory, and it is no longer there: the disk that it is on is not mounted, or the directory was moved or emptied. A new one in its place would begin with nothing.',
    mend: 'Mount the disk, or put the directory back with its owners, and run apply again. Where nothing of it is left, stop mariadb and remove the line datadir= from the file that the message names: the next run begins anew.',
  },
  MARIADB_TAKEN: {
    kind: 'refusal',
    means: 'There was a MariaDB here before the agent.',
    cause:
      'mariadb.service comes from an earlier set-up, or from the image, and was not installed by the agent. It may serve others, or an accounting of its own: the agent would take its port and its data directory from it.',
    mend: 'Have accounting set up on a machine of its own. Or, where nothing needs it any more, save what is in it (mariadb-dump --all-databases), remove the package (apt-get remove mariadb-server), and run apply again. Its data directory stays.',
  },
  SLURMDBD_CONF_TAKEN: {
    kind: 'refusal',
    means: "There is a slurmdbd.conf that is not the agent's.",
    cause:
      '/etc/slurm/slurmdbd.conf comes from an earlier set-up, or has lost the line below which your own lines are. It may name another database, and may hold its password.',
    mend: 'Compare its StorageLoc and StorageHost. Move it away and run apply again; then put what you need of it below the last line of the new one. A password is not needed.',
  },
  DISK_AMBIGUOUS: {
    kind: 'refusal',
    means: 'It is not clear which disk is the data volume.',
    cause:
      'Several disks bear its serial number, or what bears it is no whole disk; or a second disk holds a file system with the same UUID, such as a volume that was made from a snapshot of this one. Or dataVolume.deviceName alone fits more than one.',
    mend: 'Compare with EC2 what lsblk --output NAME,TYPE,SIZE,SERIAL,UUID shows, and detach the wrong one. A copy that must stay gets a UUID of its own: tune2fs -U random, or xfs_admin -U generate.',
  },
  DISK_IS_ROOT: {
    kind: 'refusal',
    means: 'The configured volume carries the running system.',
    cause: 'The disk with the configured identity has the root file system on it, itself or on one of its partitions.',
    mend: 'Correct dataVolume.volumeId: it names the root volume. lsblk --output NAME,SERIAL,MOUNTPOINTS shows the serials, which are the volume IDs without their dash.',
  },
  DISK_NOT_EBS: {
    kind: 'refusal',
    means: 'The disk with that identity is not an EBS volume.',
    cause:
      'The disk was found by its serial number or its device name, but it calls itself another product of Amazon than EBS, or has no serial number of an EBS volume: instance store, mostly.',
    mend: 'Correct dataVolume.volumeId and dataVolume.deviceName. Instance store is no place for it: it loses its data when the instance stops.',
  },
  DISK_IN_USE: {
    kind: 'refusal',
    means: 'Something else uses the data volume.',
    cause:
      'It is mounted at another place than dataVolume.mountPoint (as after a change of that), is active swap, or is held by a device that is made on it, as by LVM, RAID or encryption.',
    mend: 'Look at it with lsblk. Unmount it there (stop nfs-server before, if it exports that, and slurmctld, slurmdbd and mariadb, if their data is there: apply starts them again) or set dataVolume.mountPoint to that place, turn off the swap or the device that holds it, or correct dataVolume.volumeId.',
  },
  DISK_PARTITIONED: {
    kind: 'refusal',
    means: 'The data volume has a partition table.',
    cause:
      'The kernel shows partitions on it, or wipefs finds the signature of a partition table. It was prepared for something else, as the root volume of another instance, or by other tools.',
    mend: 'Look at it with lsblk --fs. If it is the wrong volume, correct dataVolume.volumeId; if nothing on it is needed, have it erased (slurm-node-agent disk consent) and run apply again. To have one of the partitions mounted that holds the file system already, set dataVolume.partition to its number.',
  },
  DISK_PARTITION_MISSING: {
    kind: 'refusal',
    means: 'The data volume has no such partition.',
    cause: 'dataVolume.partition is set, but the kernel shows no partition of that number on the disk, or none at all.',
    mend: 'Look at the disk with lsblk. Correct dataVolume.partition, or leave it out to use the whole disk.',
  },
  DISK_PARTITION_BLANK: {
    kind: 'refusal',
    means: 'There is nothing on the configured partition.',
    cause:
      'dataVolume.partition is set, and nothing is found on that partition. The agent makes file systems on whole disks alone: partitions are made by somebody else, and only taken over.',
    mend: 'If it is the right partition, make the file system by hand (mkfs.ext4 or mkfs.xfs) and run apply again; else correct dataVolume.partition.',
  },
  DISK_OTHER_FILE_SYSTEM: {
    kind: 'refusal',
    means: 'The data volume holds another file system.',
    cause:
      'wipefs and blkid agree on something on it that is not the configured dataVolume.fileSystem, or it is mounted as another type already. That is data until a person says otherwise.',
    mend: 'Look at it with wipefs --no-act. If it is the wrong volume, correct dataVolume.volumeId; if nothing on it is needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_LVM_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is a physical volume of LVM.',
    cause:
      'It has the signature of LVM: a volume group has, or had, a part of its data on it. Nothing uses it on this machine now.',
    mend: 'Look at it with pvs. If it is the wrong volume, correct dataVolume.volumeId; if nothing on it is needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_RAID_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is a member of a RAID array.',
    cause:
      'It has the signature of a RAID array, of which it may hold a part that cannot be replaced. The array does not run on this machine now.',
    mend: 'Look at it with mdadm --examine. If it is the wrong volume, correct dataVolume.volumeId; if the array is no longer needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_ENCRYPTED: {
    kind: 'refusal',
    means: 'The data volume is an encrypted container.',
    cause:
      'It has the header of LUKS, or of BitLocker: what is in it cannot be seen without its key. EBS encrypts below the disk that the instance sees, so an encrypted EBS volume does not look like this.',
    mend: 'Look at it with cryptsetup luksDump, or bitlkDump. If it is the wrong volume, correct dataVolume.volumeId; if its contents are not needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_ZFS_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is a member of a ZFS pool.',
    cause: 'It has the labels of ZFS, of which there are four: two at its start and two at its end.',
    mend: 'Look at it with zdb -l. If it is the wrong volume, correct dataVolume.volumeId; if the pool is no longer needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_BTRFS_MEMBER: {
    kind: 'refusal',
    means: 'The data volume belongs to a btrfs file system.',
    cause:
      'It has the superblock of btrfs. A btrfs file system can lie on several devices: this may be all of it, or a part.',
    mend: 'Look at it with btrfs filesystem show, which names all of its devices. If it is the wrong volume, correct dataVolume.volumeId; if its contents are not needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_BCACHE_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is a device of bcache.',
    cause:
      'It has the superblock of bcache, of a backing device or of a cache. What was written last may be in the cache and on no other disk.',
    mend: 'Look at it with bcache-super-show, which tells which of both it is. If it is the wrong volume, correct dataVolume.volumeId; if its contents are not needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_DRBD_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is replicated by DRBD.',
    cause:
      'The metadata of DRBD is at its end. What is to be mounted of such a volume is the /dev/drbd device, not the volume: whatever is written past that never reaches the other machine.',
    mend: 'Compare drbdadm dump with the volume. If it is the wrong volume, correct dataVolume.volumeId; if it is no longer replicated, take a snapshot, erase the metadata by hand (wipefs --all --types drbd) and run apply again.',
  },
  DISK_CEPH_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is an OSD of Ceph.',
    cause: 'It begins with the label of BlueStore, which keeps objects on raw devices.',
    mend: 'Look at it with ceph-bluestore-tool show-label --dev. If it is the wrong volume, correct dataVolume.volumeId; if its contents are not needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_ORACLE_ASM: {
    kind: 'refusal',
    means: 'The data volume is a disk of Oracle ASM.',
    cause: 'It has the header of a disk of ASM, which keeps a database on raw devices.',
    mend: 'Look at it with oracleasm querydisk. If it is the wrong volume, correct dataVolume.volumeId; if its contents are not needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_VMFS_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is an extent of a VMFS datastore.',
    cause: 'It has the signature of VMFS, on which VMware keeps virtual machines.',
    mend: 'Look at it with blkid --probe. If it is the wrong volume, correct dataVolume.volumeId; if its contents are not needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_MAPPED_MEMBER: {
    kind: 'refusal',
    means: 'The data volume is part of a mapped device.',
    cause:
      'It has the signature of a target of device-mapper: a store of snapshots, dm-verity, dm-integrity, VDO or Stratis. Its contents are seen through the mapped device alone.',
    mend: 'Look at it with wipefs --no-act, which names the kind. If it is the wrong volume, correct dataVolume.volumeId; if its contents are not needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_IS_JOURNAL: {
    kind: 'refusal',
    means: 'The data volume is the journal of a file system.',
    cause:
      'It is the external journal of an ext4, or the log of an XFS, whose files are on another device. What was written last may be in here alone.',
    mend: 'Look at it with wipefs --no-act. If it is the wrong volume, correct dataVolume.volumeId; if that file system does not need it any more, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_SWAP: {
    kind: 'refusal',
    means: 'The data volume holds a swap area.',
    cause: 'It has the signature of mkswap. It is not in use as swap, which would be DISK_IN_USE.',
    mend: 'If it is the wrong volume, correct dataVolume.volumeId; if the swap area is not needed, have it erased (slurm-node-agent disk consent), and run apply again.',
  },
  DISK_HIBERNATED: {
    kind: 'refusal',
    means: 'The data volume holds a hibernated system.',
    cause:
      'It is a swap area in which a machine has saved its memory when it hibernated: the work that was open then is in there.',
    mend: 'If it is the wrong volume, correct dataVolume.volumeId. Else wake that machine first, or, if it will not wake any more, have it erased (slurm-node-agent disk consent), and run apply again.',
  },
  DISK_SIGNATURES_AMBIGUOUS: {
    kind: 'refusal',
    means: 'More than one thing is found on the data volume.',
    cause:
      'wipefs finds the signatures of several things, or blkid does not agree with it. Mostly the disk was made anew with something that did not overwrite the signature of what was there before.',
    mend: 'Look at it with wipefs --no-act. If it is the wrong volume, correct dataVolume.volumeId. Once you know which signature is a leftover, take a snapshot, erase that one by hand (wipefs --backup --offset OFFSET) and run apply again.',
  },
  DISK_FROM_SNAPSHOT: {
    kind: 'refusal',
    means: 'A volume made from a snapshot is found empty.',
    cause:
      'Nothing is found on the data volume, yet EC2 says that it was made from a snapshot: it should hold what that holds. It is the wrong snapshot, or one of an empty volume.',
    mend: 'Check that it is the right snapshot; if it is meant to be empty, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_SHARED: {
    kind: 'refusal',
    means: 'Another instance has the data volume attached.',
    cause:
      'EC2 lists an attachment of the volume to another instance, as multi-attach allows. A file system is destroyed when two machines mount it that do not know of each other.',
    mend: 'Unmount it on the other instance, which the message names, and detach it there.',
  },
  DISK_NAME_DIFFERS: {
    kind: 'refusal',
    means: 'EC2 attached the data volume under another name.',
    cause:
      'On this instance type disks have no serial number (Xen), so that only the device name tells which disk is the data volume. The disk with the name in dataVolume.deviceName is not the one that EC2 attached as this volume.',
    mend: 'Set dataVolume.deviceName to the device name that EC2 shows for the attachment.',
  },
  DISK_IDENTITY_DIFFERS: {
    kind: 'refusal',
    means: 'EC2 and udev name different disks.',
    cause:
      'The configuration names the data volume by dataVolume.deviceName alone. EC2 has one volume attached under that name, but the link that udev made of it, by the name in the NVMe identify data, leads to another disk.',
    mend: 'Find out which is right (lsblk --output NAME,SERIAL; the attachments in EC2), and set dataVolume.volumeId to the ID of that volume.',
  },
  DISK_SIZE_DIFFERS: {
    kind: 'refusal',
    means: 'The disk is not as large as EC2 says.',
    cause:
      'The disk is blank, or has no serial number to know it by, and does not have the size that EC2 reports for the data volume: the volume is being enlarged, or it is another disk.',
    mend: 'If the volume is being enlarged, run apply again after that; else compare the serial of the disk (lsblk --output NAME,SIZE,SERIAL) with EC2.',
  },
  DISK_NOT_BLANK: {
    kind: 'refusal',
    means: 'The data volume holds data of an unknown kind.',
    cause:
      'It has no known signature, but a byte that is not zero in its first or last 16 MiB, where ext4 keeps backups of its superblock, or in one of 4,096 samples. It may be raw data, a damaged file system, or what a mkfs of somebody else has begun.',
    mend: 'Look at it by hand at the offset that the message names (hexdump -C -n 512 -s OFFSET). The agent formats only what reads as zero: if nothing on it is needed, have it erased (slurm-node-agent disk consent) and run apply again.',
  },
  DISK_FILE_SYSTEM_DAMAGED: {
    kind: 'refusal',
    means: 'The file system of the data volume is damaged.',
    cause:
      'Its error flag is set, which the kernel does when it finds a contradiction in it, or its superblock cannot be read, or is gone while a backup of it is still there; or it is an XFS whose mkfs was cut off. A power cut alone does not do that.',
    mend: 'Take a snapshot of the volume. Then stop slurm-node-agent.timer, which would mount it again, and nfs-server, and slurmctld and mariadb where their data is on it, which keep it from being unmounted; unmount it, see what is wrong with e2fsck -n (and -b with the block of a backup, where the superblock is gone) or xfs_repair -n, and mend it without -n. Run apply, which starts them again, and start the timer. If nothing on it is needed, have it erased (slurm-node-agent disk consent).',
  },
  ATTACH_IN_USE: {
    kind: 'refusal',
    means: "The volume to attach is another instance's.",
    cause:
      'dataVolume.attach is set, but EC2 lists an attachment of the volume to another instance, which the message names. The agent takes a volume from nobody: whoever has it mounted would lose what was not written yet.',
    mend: 'On the other instance, stop what uses the volume and unmount it; then detach it, or terminate that instance, and run apply again. If that is a front end, stop slurmctld, slurmdbd and mariadb there first, as slurm-node-agent explain FRONT_END_ELSEWHERE says.',
  },
  ATTACH_OTHER_ZONE: {
    kind: 'refusal',
    means: 'The volume to attach is in another zone.',
    cause:
      'dataVolume.attach is set, but EBS volumes are attached within their availability zone alone, and this instance is in another one.',
    mend: 'Launch the instance in the zone of the volume, or make a volume in the zone of the instance from a snapshot of it and set dataVolume.volumeId.',
  },
  ATTACH_NO_VOLUME: {
    kind: 'refusal',
    means: 'EC2 knows no volume to attach with that ID.',
    cause: 'dataVolume.attach is set, but there is no dataVolume.volumeId in the region and account of this instance.',
    mend: 'Correct dataVolume.volumeId. If the volume was made only just now, run apply again: EC2 may not know it for some seconds.',
  },
  DISK_FEATURES_UNSUPPORTED: {
    kind: 'refusal',
    means: 'The file system has features not known here.',
    cause:
      'It is of the configured type and may well be whole, but it was made on another system or a newer one: with a feature that the tools of this machine do not know, or with blocks that are larger than a page of its memory, as machines with pages of 64 KiB make them. The kernel would not mount it, or not for writing.',
    mend: 'Mount it on the system that made it and copy the data to another volume, or launch this instance from an image that is as new. If it is the wrong volume, correct dataVolume.volumeId.',
  },
  DISK_FILE_SYSTEM_CUT_SHORT: {
    kind: 'refusal',
    means: 'The file system is larger than the data volume.',
    cause: 'It was copied to a volume that is smaller than the original: its end is missing, with whatever lay there.',
    mend: 'Make a volume of the full size from the original or a snapshot of it, and set dataVolume.volumeId. Do not run e2fsck on this one: it would drop what is missing.',
  },
  DISK_JOURNAL_ELSEWHERE: {
    kind: 'refusal',
    means: 'The file system has its journal on another disk.',
    cause:
      'It was made with an external journal, or log. What was written last may be in that alone, and without it the kernel does not mount the file system.',
    mend: 'Attach the disk with the journal. Of an ext4, blkid shows its UUID, which the message names: let e2fsck replay it, take the journal into the file system (tune2fs -O ^has_journal, then tune2fs -j), and run apply again. An XFS cannot take its log in: mount it by hand with -o logdev=, and copy the data to a new volume.',
  },
  DISK_WITHOUT_UUID: {
    kind: 'refusal',
    means: 'The file system of the data volume has no UUID.',
    cause:
      'Somebody has cleared it (tune2fs -U clear). Device names change from boot to boot, so that /etc/fstab names the file system by its UUID.',
    mend: 'Give it one (tune2fs -U random, or xfs_admin -U generate), and run apply again.',
  },
  DATA_VOLUME_OTHER_MOUNT: {
    kind: 'refusal',
    means: 'Something else is mounted where the volume goes.',
    cause:
      'Another disk or file system is mounted on dataVolume.mountPoint, or only a directory of the volume, by a bind mount. To mount the volume over it would hide its files. Or a unit file of somebody else is made for that place, as in /etc/systemd/system: systemd goes by that, whatever /etc/fstab says, and it may name another disk. A copy of the volume, made from a snapshot, may have been taken for it at the boot (DATA_VOLUME_HAS_COPY): clients of its export write to the copy then.',
    mend: 'Stop nfs-server first, and slurmctld and mariadb where their data is there, which keep it from being unmounted; apply starts them again. Unmount it, or remove the unit file that the message names; or choose another dataVolume.mountPoint.',
  },
  DATA_VOLUME_READ_ONLY: {
    kind: 'refusal',
    means: 'The data volume is read-only.',
    cause:
      'The kernel holds the disk read-only, or its file system is mounted so. The kernel does that after an error, so that the damage does not grow; a person can have done it too.',
    mend: 'Read journalctl --dmesg; take a snapshot, stop slurm-node-agent.timer, which would mount it again, and nfs-server, and slurmctld and mariadb where their data is on it, which keep it from being unmounted; unmount the volume, check it with e2fsck or xfs_repair, run apply, and start the timer. If a person has made it so, mount -o remount,rw undoes it.',
  },
  FSTAB_CONFLICT: {
    kind: 'refusal',
    means: "An entry in /etc/fstab is in the agent's way.",
    cause:
      'An entry without the mark of the agent (x-slurm-node-agent) names efs.mountPoint or dataVolume.mountPoint, or the data volume: by its path, its UUID or label, or a link of udev that leads to it, as /dev/sdf. It comes from the image, from cloud-init or from an earlier set-up; with two entries it would be chance what is mounted.',
    mend: 'Remove that entry (the agent writes its own) and run apply again, or choose another mountPoint.',
  },
  SHARE_NOT_ROOTS: {
    kind: 'refusal',
    means: "The cluster's directory on the share is not root's.",
    cause:
      'Machines tell each other their addresses and claim their names in files below that directory. It belongs to another user, or is no directory: whoever owns it could send the nodes of the cluster elsewhere.',
    mend: "Look at what is there and at who made it. Move it away, or make it root's: chown root:root on the directory that the message names.",
  },
  SHARED_VOLUME_OTHER_MOUNT: {
    kind: 'refusal',
    means: 'Something else is where the shared volume goes.',
    cause:
      'Another file system is mounted on nfs.mountPoint or on a directory above it, or the same mount by another address, as of a front end that was replaced by one with another address; or a unit file of somebody else is made for that place, by which systemd goes, whatever /etc/fstab says.',
    mend: 'End the programs that use it, unmount it, or remove the unit file that the message names, and run apply. Where the old front end is gone and umount hangs, drain the node and reboot it. A front end that keeps its private address spares the job servers this.',
  },
  SLURMD_OPTIONS_TAKEN: {
    kind: 'refusal',
    means: 'Another file sets the options of slurmd.',
    cause:
      'With slurm.configless, a drop-in of its unit sets SLURMD_OPTIONS, by which slurmd is told where it fetches slurm.conf (--conf-server). /etc/default/slurmd, or a unit or drop-in of systemctl edit, sets the same variable: either slurmd would not be told, or what that file says would be lost. Or the ExecStart of the unit was replaced by one without $SLURMD_OPTIONS. The message says which.',
    mend: 'Take SLURMD_OPTIONS out of the file that the message names (for a unit file, run systemctl daemon-reload), and run apply again; what most of the options do, slurm.conf can say as well. Or set slurm.configless to false.',
  },
  NODE_TOO_SMALL: {
    kind: 'refusal',
    means: 'This machine is smaller than slurm.conf says.',
    cause:
      'slurmd -C finds fewer CPUs or less memory than the line of the node in slurm.conf has. slurmctld would take the node for invalid and drain it. The message has both. Either slurm.nodes gives it more than it has, or the instance was given less memory and the front end has not run since.',
    mend: "Lower cpus and memoryMiB in the front end's slurm.nodes, or leave them out, and run apply there: what is left out is taken from the node. Or replace the instance by a larger one. An instance has less memory than its type says, a small one by 5 % and more.",
  },
  USER_DIFFERS: {
    kind: 'refusal',
    means: 'A user is there with another number or home.',
    cause:
      'users lists a user whose name or number is taken on this machine by another one, or who has another group or home. Files and jobs go by number: the same user must have the same one everywhere.',
    mend: 'Choose another name or number in users on all machines, or change the account on this machine by hand.',
  },
  HOME_TAKEN: {
    kind: 'refusal',
    means: 'A home is no directory.',
    cause: 'At the path of the home of a user there is something else than a directory.',
    mend: 'Move it away, or choose another home in users.',
  },
  NFS_CLIENTS_UNKNOWN: {
    kind: 'refusal',
    means: 'No network is known to export the volume to.',
    cause:
      'nfs.clients is not configured, and the metadata service names no IPv4 network of the VPC to take in its place. The volume is never exported to everybody.',
    mend: 'Set nfs.clients to the networks of the cluster, such as ["10.0.0.0/16"].',
  },
  NFS_EXPORT_TAKEN: {
    kind: 'refusal',
    means: 'Somebody else exports the volume to our client.',
    cause:
      "Another exports file has an entry for the same directory and the same client as the agent's, with other options, and exportfs takes the first of two. Which of them is right is for a person to say.",
    mend: 'Remove the entry from the file that the message names, take it out of the running server with exportfs -u CLIENT:DIRECTORY, and run apply again; or say in nfs what is wanted. exportfs -ra would take out what was exported by hand as well.',
  },
  NFS_VERSIONS_DIFFER: {
    kind: 'refusal',
    means: 'The NFS server serves other versions of NFS.',
    cause:
      'nfs-server.service was restarted for the settings in /etc/nfs.conf.d, and /proc/fs/nfsd/versions still shows others: rpc.nfsd is started with options of its own, which count more than the files.',
    mend: 'Look for options of rpc.nfsd in systemctl cat nfs-server, remove them, and run apply again; or set nfs.v3 to what is served.',
  },
  CLOUD_INIT_MISSING: {
    kind: 'refusal',
    means: 'Instances of an image need cloud-init.',
    cause:
      'A bake removes the SSH host keys of this machine, its machine ID and its name. cloud-init gives each instance of the image its own, and runs its user data. It is not installed here.',
    mend: 'Install cloud-init, or bake on an official image of Debian or Ubuntu: those have it.',
  },
  IMAGE_UNIT_RUNS: {
    kind: 'refusal',
    means: 'The machine to bake runs a daemon of a cluster.',
    cause:
      'A bake removes the Munge key and the host keys of this machine, and a daemon that the role needs runs here, or has failed: the machine may be part of a cluster. The daemons that a bake itself installs are held from starting.',
    mend: 'Bake on an instance that is part of no cluster. Where its image has brought the daemon along, stop it first: systemctl disable --now, and systemctl reset-failed if it has failed, with the unit that the message names.',
  },
  IMAGE_PACKAGE_UNFINISHED: {
    kind: 'refusal',
    means: 'The machine to bake has a half-installed package.',
    cause:
      'Nobody holds a lock of apt or dpkg, and dpkg still has a package that is not wholly unpacked, configured or removed, or a journal of a run that was cut off. Each instance of the image would begin with it.',
    mend: 'See what dpkg --audit says; run dpkg --configure --pending, then apt-get --fix-broken install, and bake again.',
  },

  // Warnings: converged, but degraded.
  PACKAGE_FAILED: {
    kind: 'warning',
    means: 'A package could not be installed.',
    cause:
      'apt could not install all that was missing at once, and not this package alone either: no source has it, it does not go with what is installed (the agent lets apt remove nothing), or its own script failed. Only the steps that need it are refused.',
    mend: 'Read apt\'s reason in the message: correct the name, if "packages" lists it, or add the apt source that has it.',
  },
  MUNGE_KEY_LEFT_BEHIND: {
    kind: 'warning',
    means: 'Nodes were left behind with the old Munge key.',
    cause:
      'The key of the cluster was replaced, and the nodes that the message names have not told within 15 minutes that they have the new one. slurmctld has started without them: it takes those that run for down, and with them their jobs. A node whose convergeIntervalSeconds is 0 or longer than that, or on which the agent is stopped, comes by it so.',
    mend: 'Run slurm-node-agent apply on the nodes that are on. Those that are off take the key up when they boot.',
  },
  SHARE_MOVED_ON: {
    kind: 'warning',
    means: 'The front end has changed something meanwhile.',
    cause:
      'While this run waited for slurmctld, the front end has published another Munge key or another slurm.conf than this machine took up when the run began. Or, with slurm.configless, slurmd has fetched another slurm.conf, cgroup.conf or gres.conf than is on the share: scontrol reconfigure was run before the front end has published what was edited, or slurmctld is not yet restarted with what was published.',
    mend: 'Nothing: the next run of the timer takes it up. To have it now, run slurm-node-agent apply on the front end, and then here.',
  },
  NODE_OUT_OF_SERVICE: {
    kind: 'warning',
    means: 'The node is drained, failing or set down.',
    cause:
      'slurmd runs, and slurmctld starts no jobs on this node: a person has taken it out, or slurmctld has, as after a task that could not be killed. The message has the state and the reason. A node that slurmctld has drained because it had less than slurm.conf says is taken back by the agent once it has enough.',
    mend: 'Mend what the reason names; then, on the front end: scontrol update NodeName=NAME State=RESUME.',
  },
  HOME_OF_ANOTHER: {
    kind: 'warning',
    means: 'A home belongs to somebody else.',
    cause:
      'The directory is there, as on a volume that was taken over, and belongs to another user than the one it is for; or to root, and holds something, so that it may be in use by others.',
    mend: 'Look at whose it is. Give it to its user by chown, or choose another home in users.',
  },
  NODE_RECORD_DAMAGED: {
    kind: 'warning',
    means: 'A record of a node on the share cannot be used.',
    cause:
      'A file below slurm/nodes on the share is not a record of the node that it is named for: half-written, or by somebody else. What slurm.conf has of that node stays.',
    mend: 'Remove the file that the message names: its machine writes it anew in its next run.',
  },
  DATA_VOLUME_HAS_COPY: {
    kind: 'warning',
    means: 'Another disk has the UUID of the data volume.',
    cause:
      'A volume that was made from a snapshot of the data volume is attached as well. /etc/fstab names the file system by its UUID, which both have: at the next boot either may be mounted, and exported to clients that go on writing.',
    mend: 'Detach the copy before the next boot, or give it a UUID of its own: tune2fs -U random or, after it was mounted once with nouuid, xfs_admin -U generate.',
  },
  DATA_VOLUME_NOT_GROWN: {
    kind: 'warning',
    means: 'The file system is smaller than its volume.',
    cause:
      'The data volume was enlarged in EC2, and resize2fs or xfs_growfs could not make its file system as large on line. The message has what it said. What is on it is not touched by that, and it is mounted as it was.',
    mend: 'Read the reason in the message, and journalctl --dmesg. An old ext4 may have to be grown by hand: stop slurm-node-agent.timer, nfs-server and what keeps its data on it, unmount it, e2fsck -f, resize2fs, run apply, and start the timer. Every run tries once, and is degraded for as long. A partition that dataVolume.partition names is not made larger, and its file system with it alone.',
  },
  NFS_CLIENT_UNRESOLVED: {
    kind: 'warning',
    means: 'A host in nfs.clients does not resolve.',
    cause:
      "getent ahosts finds no address for a name in nfs.clients, so that nothing new can be exported to it. What is exported to hosts already stays as it is. The names of Slurm's nodes are in no VPC's DNS.",
    mend: 'Correct the name, give it an address, or name the network of the host instead.',
  },
  NFS_EXPORTED_BY_OTHERS: {
    kind: 'warning',
    means: 'Somebody else exports the volume more widely.',
    cause:
      "exportfs -v shows the volume, or a directory that takes it along, exported to everybody or with root unsquashed, by an entry that is not the agent's and not as nfs says. It may be what somebody wants, so it stays.",
    mend: 'Remove the entry from the file that the message names, and take it out of the running server with exportfs -u CLIENT:DIRECTORY; or say in nfs what is wanted.',
  },
  NFS_OLD_EXPORT_REMOVED: {
    kind: 'warning',
    means: "The old script's export to everybody is removed.",
    cause:
      '/etc/exports had the very line by which the bash script exported /mnt/shared to everybody, root included, whatever was mounted there. The agent took it out, also where the data volume is not there yet or is refused. This is said once, by the run that did it.',
    mend: 'Nothing is left to do. A client that is in none of nfs.clients can no longer mount the volume: name its network there if it should.',
  },
  MOUNT_HIDES_FILES: {
    kind: 'warning',
    means: 'A mount hides files on the bare directory.',
    cause:
      'There is something in the directory over which efs.mountPoint, dataVolume.mountPoint or nfs.mountPoint is mounted: a program, or a client of an export, has written there while it was not mounted. It lies below the mount, on the root disk, where nobody sees it. Each run that has both mounted looks, whoever mounted; a wait for a mount names it as well.',
    mend: 'Look at it through a second mount of the root file system (mount --bind / /mnt/root, with the directory made first), move to the mounted file system what should be there, and remove the rest. Find out which program wrote it, and have it wait for the mount (RequiresMountsFor= in its unit).',
  },
  HIDDEN_FILES_UNSEEN: {
    kind: 'warning',
    means: 'Whether a mount hides files could not be seen.',
    cause:
      'The agent looks below its mounts by a service of a moment (systemd-run), which has a view of the root file system without them. systemd did not start it, or it did not end: the message has its words. Without D-Bus it cannot be had.',
    mend: 'Nothing else depends on it. To look by hand: mount --bind / /mnt/root, with the directory made first. To have it looked at again, see to what the message says (systemctl status dbus) and run apply.',
  },
  FSTAB_OLD_ENTRY_REPLACED: {
    kind: 'warning',
    means: "The old script's line in /etc/fstab is replaced.",
    cause:
      '/etc/fstab had the very line that the bash script wrote there for the mount point. For the data volume it names a device, and the next boot can give that name to another disk. The agent put its own line in its place; no data was touched. This is said once, by the run that did it.',
    mend: 'Nothing is left to do.',
  },
  MUNGE_KEY_WAS_READABLE: {
    kind: 'warning',
    means: "The cluster's key lay open to all its users.",
    cause:
      "The bash script left the Munge key on the share with mode 0644. Whoever read it can pose as any user of the cluster, root included. The agent took the key over, so that the nodes still understand each other, and made the file root's alone; what was read before, it cannot undo. This is said once, by the run that did it.",
    mend: 'Make a new key when no job runs: slurm-node-agent munge-key rotate. Job servers that run the agent take it up by themselves; to others, give the key in /etc/munge, and restart munged there. Then remove munge.key from the directory slurm on the share.',
  },
  NFS_SETTING_OVERRIDDEN: {
    kind: 'warning',
    means: 'A file of somebody else sets the NFS server.',
    cause:
      "A file in /etc/nfs.conf.d that is read after the agent's sets the threads or the versions of the server otherwise than the configuration. The later file counts, and is not the agent's to change.",
    mend: 'Remove the setting there, or say the same in nfs. nfsconf --dump shows what all files come to.',
  },
  NFS_UNIT_NOT_MASKED: {
    kind: 'warning',
    means: 'A unit that only NFSv3 needs cannot be masked.',
    cause:
      "rpcbind or rpc-statd has a unit file of somebody else's in /etc/systemd/system, where the mask would be. The agent leaves the file, and stops the unit whenever it finds it running: until the next run it listens again after each start of the server.",
    mend: 'Remove the file, or move what it changes into a drop-in (systemctl edit), and run apply again; or set nfs.v3, if NFSv3 is wanted.',
  },

  // Failures: the engine's own, and that of a run that does not begin.
  ACTION_FAILED: {
    kind: 'failure',
    means: 'Something that the step does has failed.',
    cause:
      'A command ended with an error, or a file could not be written, or what was seen had changed before it could be acted on. It was tried again with growing pauses until the deadline.',
    mend: 'The message names the command and its last error: mend that, or run the command by hand to see more of it. Each try is in /var/log/slurm-node-agent/agent.jsonl.',
  },
  OBSERVATION_FAILED: {
    kind: 'failure',
    means: 'The machine could not be looked at.',
    cause:
      'A command, a file or the metadata service by which the step sees the machine gave an error or no answer, each time until the deadline. A plan looks only once.',
    mend: 'The message names what could not be read: mend that, and run apply again.',
  },
  DEADLINE_PASSED: {
    kind: 'failure',
    means: 'The time was up with something still to be done.',
    cause: 'Nothing had failed: what the step did took longer than its deadline, as on a slow machine.',
    mend: 'Run apply again: it goes on from there. The message names what is left.',
  },
  NOT_CONVERGING: {
    kind: 'failure',
    means: 'What was done is needed again at the next look.',
    cause:
      'The actions succeed, but the next look still finds the same to do. Something else changes it back, such as another configuration management or a person, or the action has no effect.',
    mend: 'Run slurm-node-agent plan to see what comes again, and look for who changes it back. If nobody does, it is a bug of the agent; /var/log/slurm-node-agent/agent.jsonl shows each round.',
  },
  CONFIG_BAD: {
    kind: 'failure',
    means: 'The configuration is bad: no run begins.',
    cause:
      'The configuration file is no JSON object, or has a key or a value that this release does not take; exit code 78. Nothing was changed, nor looked at. The tag of the instance has this code, where the configuration has "statusTag": true; the console and the journal have what is wrong.',
    mend: 'Correct what slurm-node-agent config check lists: in the user data, or in /etc/slurm-node-agent/config.json on the instance. The next run of the timer takes it.',
  },
} as const satisfies Readonly<Record<string, Code>>

export type AnyCode = keyof typeof codes

type CodeOf<K extends Kind> = {
  [C in AnyCode]: (typeof codes)[C]['kind'] extends K ? C : never
}[AnyCode]

export type WaitCode = CodeOf<'wait'>
export type RefusalCode = CodeOf<'refusal'>
export type WarningCode = CodeOf<'warning'>
export type FailureCode = CodeOf<'failure'> | WaitCode
