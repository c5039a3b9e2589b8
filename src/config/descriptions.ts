/**
 * What each key is for, by its path; `role:path` where a role has its own. Beside the schema rather than in it: the schema
 * stays a page that shows the shape, and a key that two roles share, or that stands at two places, has its own words.
 */
export const descriptions: Readonly<Record<string, string>> = {
  version: 'For which version of these keys it is written. A release refuses one that is newer than it knows.',
  role: 'What this instance is in the cluster.',
  hostname:
    'The name of the instance, of one label. It stands in /etc/hosts for the primary private address, and slurm.conf has it as SlurmctldHost.',
  packages: 'Debian packages to install beside those that the steps need. One that cannot be installed is a warning.',

  efs: 'The file system over which the cluster shares its Munge key and its Slurm configuration.',
  'efs.fileSystemId': 'Which file system: "fs-" and 8 or 17 hexadecimal digits.',
  'efs.mountPoint': 'Where it is mounted. The agent keeps what is the cluster\'s in the directory "slurm" below it.',
  'efs.client':
    'What mounts it: AWS\'s helper ("efs-utils"), a TLS tunnel of packages that every archive has ("stunnel"), plain NFS ("nfs"), or the helper where it is installed, can be or must be, else the tunnel ("auto").',
  'efs.tls':
    'Encryption on the way. Without it, "auto" is plain NFS. With the client "nfs", which has none, it is false, and may not be true.',
  'efs.iam': "Whether the role of the instance is shown to EFS, whose policy may ask for it. Needs AWS's helper.",
  'efs.accessPoint': 'The access point to mount through: "fsap-" and 17 hexadecimal digits. Needs AWS\'s helper.',
  'efs.availabilityZone': "The zone whose mount target is used, by name; by default the instance's own.",
  'efs.mountTargetIp':
    'The mount target by its IPv4 address, where the name cannot be resolved, as from another VPC. The certificate is verified by name all the same.',
  'efs.utilsPackage': 'A .deb of amazon-efs-utils, which is in no archive, to be installed where it is missing.',
  'efs.utilsPackage.url': 'Where it is fetched from: https, without a user and without a query.',
  'efs.utilsPackage.sha256': 'What it is checked by before it is installed.',
  'efs.deadlineSeconds': 'How long the step waits for mount target, name, port and TLS before it fails.',

  dataVolume:
    'The EBS volume that is mounted here and exported to the cluster. A volumeId or a deviceName must be given.',
  'dataVolume.volumeId':
    'Which volume: "vol-" and 8 or 17 hexadecimal digits. On Nitro it is the serial number of the disk, and proves it.',
  'dataVolume.deviceName':
    'The name that EC2 was or is given when the volume is attached. Without a volumeId, EC2 is asked at each run which volume has it.',
  'dataVolume.attach':
    'Whether the agent attaches the volume itself, as deviceName. It takes it from no other instance.',
  'dataVolume.partition':
    'The number of the partition that holds the file system already; without it, the volume is used as a whole. Partitions are never formatted.',
  'dataVolume.fileSystem': 'What a blank volume is formatted with, and what one that is not blank must have.',
  'dataVolume.mountPoint': 'Where it is mounted, and what is exported.',
  'dataVolume.deadlineSeconds': 'How long the step waits for the volume to be attached and seen before it fails.',

  nfs: 'Whom the volume is exported to, and how.',
  'nfs.clients': 'Host names, or IPv4 or IPv6 networks in CIDR notation; without it, the IPv4 networks of the VPC.',
  'nfs.allowAnyClient': 'Whether "*" may be a client: everybody who reaches the machine.',
  'nfs.rootSquash': 'Whether root of a client is nobody on the volume.',
  'nfs.v3': 'NFSv3 beside NFSv4. It alone needs rpcbind and rpc.statd, which are masked otherwise.',
  'nfs.threads': 'Threads of the server; by default four for each CPU, 8 at least and 256 at most.',

  slurm: 'What stands in slurm.conf, above the last line of the agent. What is below it is yours.',
  'slurm.clusterName': 'ClusterName: lower-case letters, digits, "_" and "-".',
  'slurm.stateSaveLocation':
    'Where slurmctld keeps jobs and nodes over its restarts: a directory for the user slurm alone, on this machine, or, to outlive it, on EFS or the data volume. A disk that /etc/fstab has for it is mounted before.',
  'slurm.nodes': 'The nodes that run jobs, a line of slurm.conf each.',
  'slurm.nodes[].name': 'A name or a range, such as "job-1" or "job-[1-4,7]".',
  'slurm.nodes[].cpus': 'CPUs of one such node; by default as many as it tells of itself.',
  'slurm.nodes[].memoryMiB':
    'RealMemory of one such node, in MiB; by default 0.95 of what it tells of itself. A node that has less is not taken.',
  'slurm.nodes[].features': 'Feature: names that jobs ask for by --constraint, such as "avx512".',
  'slurm.nodes[].gres':
    'Gres: what one such node has of generic resources. Their names make GresTypes; those with a file go into gres.conf as well.',
  'slurm.nodes[].gres[].name':
    'Name: "gpu", or any other. A "gpu" must have a file; "mps" and "shard" have none, and stand beside a "gpu".',
  'slurm.nodes[].gres[].type': 'Type: which kind, such as "t4"; of one name on a node, all have one or none has.',
  'slurm.nodes[].gres[].count': 'How many; by default as many as files, without files one.',
  'slurm.nodes[].gres[].file':
    'File: the device files on the node, such as "/dev/nvidia[0-1]"; without it, Slurm just counts. Of one name, all nodes have files or none has.',
  'slurm.srunPorts':
    'The TCP ports on which srun listens for its tasks: SrunPortRange. A firewall between the machines must let them in.',
  'slurm.srunPorts.from': 'The first of them.',
  'slurm.srunPorts.to': 'The last of them.',
  'slurm.configless':
    'Whether slurmctld hands out slurm.conf to the slurmds that ask it for it: SlurmctldParameters=enable_configless.',
  'slurm.partitions': 'The partitions (queues), a line of slurm.conf each.',
  'slurm.partitions[].name': 'The name that jobs are submitted to.',
  'slurm.partitions[].nodes': '"ALL", or some of slurm.nodes.',
  'slurm.partitions[].default': 'Whether jobs that name no partition go there; of one partition at most.',
  'slurm.partitions[].maxTime': 'The longest time of a job: minutes, [days-]hours:minutes:seconds or "INFINITE".',

  accounting:
    'What jobs have run, for whom and with what: slurmdbd with a MariaDB on this machine, which sacct, sacctmgr and sreport ask. Turn it on while no jobs run.',
  'accounting.enabled': 'Whether it is set up. Turned off again, slurmctld no longer uses it; the data stays.',
  'accounting.directory':
    "Where MariaDB's data is: by default slurm-accounting on the data volume; or a directory outside of the system, on a disk of this machine. Not on EFS.",

  'job:hostname':
    'The name of the node, as the front end\'s slurm.nodes has it, or a range of such names, as "job-[1-4]": the machine claims one that no other instance has, on the share, and keeps it. All that take names of one range are in one AWS account and region. The name stands in /etc/hosts for the primary private address.',
  'job:nfs': 'The volume that the front end exports.',
  'nfs.mountPoint': "Where it is mounted: the front end's dataVolume.mountPoint.",
  'nfs.deadlineSeconds': 'How long the step waits for the front end to export the volume before it fails.',
  'job:slurm': 'Of slurm.conf, which the front end makes.',
  'job:slurm.configless':
    "Whether slurmd fetches it from slurmctld (--conf-server), with none in /etc/slurm; else it is copied from the share. The front end's slurm.configless must be true as well.",
  'slurm.deadlineSeconds': 'How long the steps wait for what the front end puts on the share before they fail.',

  users: 'Those whose jobs run on the nodes: the same name with the same number everywhere.',
  'users[].name': 'The name of the user.',
  'users[].uid': 'The number of the user: below 1000 are those of the system.',
  'users[].gid': 'The number of the group; by default that of the user.',
  'users[].home': 'The home directory.',

  convergeIntervalSeconds:
    'The pause between the steady runs of the timer, which follow late volumes, rotated keys and drift; 0: at boot only.',
  statusTag:
    'Whether runs tell by the tag "slurm-node-agent:status" of the instance what becomes of it: "converging", "ready", "degraded CODE" or "failed CODE". Needs ec2:CreateTags.',
}
