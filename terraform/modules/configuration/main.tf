# The names on the left of each line are those of `slurm-node-agent config schema`. What is null is left out, so that the
# agent's own default holds.
locals {
  # For which version of these names it is. A release that knows no such version refuses it by that alone.
  version = 1

  efs = { for role, package in var.efs.utils_package : role => { for name, value in {
    fileSystemId    = var.efs.file_system_id
    mountPoint      = var.efs.mount_point
    client          = var.efs.client
    utilsPackage    = package
    deadlineSeconds = var.efs.deadline_seconds
  } : name => value if value != null } }

  data_volume = { for name, value in {
    volumeId        = var.data_volume.volume_id
    deviceName      = var.data_volume.device_name
    attach          = true
    fileSystem      = var.data_volume.file_system
    mountPoint      = var.data_volume.mount_point
    deadlineSeconds = var.data_volume.deadline_seconds
  } : name => value if value != null }

  nfs = { for name, value in {
    clients    = var.nfs.clients
    rootSquash = var.nfs.root_squash
    threads    = var.nfs.threads
  } : name => value if value != null }

  node = { for name, value in {
    name      = var.job_count == 1 ? "job-1" : "job-[1-${var.job_count}]"
    cpus      = var.job_node.cpus
    memoryMiB = var.job_node.memory_mib
    features  = var.job_node.features
    gres      = var.job_node.gres == null ? null : [for one in var.job_node.gres : { for name, value in one : name => value if value != null }]
  } : name => value if value != null }

  slurm = { for name, value in {
    clusterName       = var.cluster_name
    stateSaveLocation = var.state_save_location
    nodes             = [local.node]
    srunPorts         = var.srun_ports
    configless        = var.configless ? true : null
    partitions = [for partition in var.partitions : {
      name    = partition.name
      nodes   = partition.nodes
      default = partition.default
      maxTime = partition.max_time
    }]
  } : name => value if value != null }

  # Those with nodes that no job server is.
  stray_partitions = [for partition in var.partitions : partition.name if partition.nodes != "ALL" && !(
    can(regex("^(job-([1-9][0-9]*|\\[[1-9][0-9]*(-[1-9][0-9]*)?(,[1-9][0-9]*(-[1-9][0-9]*)?)*\\]),)+$", "${partition.nodes},")) &&
    alltrue([for number in regexall("[0-9]+", partition.nodes) : tonumber(number) <= var.job_count]) &&
    alltrue([for ends in regexall("([0-9]+)-([0-9]+)", partition.nodes) : tonumber(ends[0]) <= tonumber(ends[1])])
  )]

  accounting = var.accounting == null ? null : { for name, value in {
    enabled   = var.accounting.enabled
    directory = var.accounting.directory
  } : name => value if value != null }

  users = [for user in var.users : { for name, value in user : name => value if value != null }]

  frontend = { for name, value in {
    version                 = local.version
    role                    = "frontend"
    hostname                = var.frontend_hostname
    packages                = var.frontend_packages
    efs                     = local.efs.frontend
    dataVolume              = local.data_volume
    nfs                     = local.nfs
    slurm                   = local.slurm
    accounting              = local.accounting
    users                   = local.users
    convergeIntervalSeconds = var.converge_interval_seconds.frontend
    statusTag               = true
  } : name => value if value != null }

  job = { for name, value in {
    version                 = local.version
    role                    = "job"
    packages                = var.job_packages
    efs                     = local.efs.job
    nfs                     = { mountPoint = var.data_volume.mount_point }
    slurm                   = var.configless ? { configless = true } : null
    users                   = local.users
    convergeIntervalSeconds = var.converge_interval_seconds.job
    statusTag               = true
  } : name => value if value != null }
}
