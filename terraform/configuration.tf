locals {
  tags = merge(var.tags, { SlurmCluster = var.name })

  job_count = var.job_group == null ? coalesce(var.job_count, 4) : 0
}

module "configuration" {
  source = "./modules/configuration"

  cluster_name              = var.cluster_name
  frontend_hostname         = var.frontend_hostname
  job_count                 = var.job_group == null ? local.job_count : var.job_group.max_size
  job_node                  = var.job_node
  srun_ports                = var.srun_ports
  partitions                = var.partitions
  state_save_location       = var.state_save_location
  configless                = var.configless
  accounting                = var.accounting
  frontend_packages         = var.frontend_packages
  job_packages              = var.job_packages
  users                     = var.users
  converge_interval_seconds = var.converge_interval_seconds

  efs = {
    file_system_id   = aws_efs_file_system.this.id
    mount_point      = var.efs.mount_point
    client           = var.efs.client
    utils_package    = { for role, processor in local.architecture : role => try(var.efs.utils_package[processor], null) }
    deadline_seconds = var.efs.deadline_seconds
  }

  data_volume = {
    volume_id        = aws_ebs_volume.data.id
    device_name      = var.data_volume.device_name
    file_system      = var.data_volume.file_system
    mount_point      = var.data_volume.mount_point
    deadline_seconds = var.data_volume.deadline_seconds
  }

  nfs = {
    clients     = distinct(data.aws_subnet.job[*].cidr_block)
    root_squash = var.nfs.root_squash
    threads     = var.nfs.threads
  }
}
