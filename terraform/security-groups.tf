# Nothing from the world. What is not here is not allowed; DNS, time and the metadata service of the VPC are not filtered.
locals {
  flows = merge(local.accounting_flows, {
    frontend-efs       = { from = "frontend", to = "efs", ports = local.nfs_port, is = "EFS" }
    job-efs            = { from = "job", to = "efs", ports = local.nfs_port, is = "EFS" }
    job-frontend-nfs   = { from = "job", to = "frontend", ports = local.nfs_port, is = "NFS of the data volume" }
    job-frontend-ctld  = { from = "job", to = "frontend", ports = { from = 6817, to = 6817 }, is = "slurmctld" }
    frontend-job-slurm = { from = "frontend", to = "job", ports = local.slurmd_port, is = "slurmd" }
    # A slurmd passes on to others what is for many nodes, and srun in a job starts tasks on its other nodes.
    job-job-slurm = { from = "job", to = "job", ports = local.slurmd_port, is = "slurmd" }
    # The tasks connect to the srun that started them, and slurmctld to the srun that waits for it.
    job-frontend-srun = { from = "job", to = "frontend", ports = var.srun_ports, is = "srun" }
    frontend-job-srun = { from = "frontend", to = "job", ports = var.srun_ports, is = "srun" }
    job-job-srun      = { from = "job", to = "job", ports = var.srun_ports, is = "srun" }
  })

  # sacct asks it from where it is called.
  accounting_flows = { for name in ["job-frontend-dbd"] :
    name => { from = "job", to = "frontend", ports = { from = 6819, to = 6819 }, is = "slurmdbd" }
    if try(var.accounting.enabled, false)
  }

  nfs_port    = { from = 2049, to = 2049 }
  slurmd_port = { from = 6818, to = 6818 }

  security_group_ids = {
    frontend = aws_security_group.frontend.id
    job      = aws_security_group.job.id
    efs      = aws_security_group.efs.id
  }

  web = { for way in setproduct(["frontend", "job"], var.egress_cidrs, [80, 443]) :
    "${way[0]}-${way[1]}-${way[2]}" => { from = way[0], cidr = way[1], port = way[2] }
  }
}

# Another name or description would make a group anew: its rules would go first, and the group could not, with instances in
# it.
resource "aws_security_group" "frontend" {
  name        = "${var.name}-frontend"
  description = "The front end of the Slurm cluster ${var.name}"
  vpc_id      = local.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-frontend" })

  lifecycle {
    ignore_changes = [name, description]
  }
}

resource "aws_security_group" "job" {
  name        = "${var.name}-job"
  description = "The job servers of the Slurm cluster ${var.name}"
  vpc_id      = local.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-job" })

  lifecycle {
    ignore_changes = [name, description]
  }
}

resource "aws_security_group" "efs" {
  name        = "${var.name}-efs"
  description = "The mount targets of the Slurm cluster ${var.name}"
  vpc_id      = local.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-efs" })

  lifecycle {
    ignore_changes = [name, description]
  }
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  for_each = local.flows

  security_group_id            = local.security_group_ids[each.value.to]
  referenced_security_group_id = local.security_group_ids[each.value.from]
  ip_protocol                  = "tcp"
  from_port                    = each.value.ports.from
  to_port                      = each.value.ports.to
  description                  = "${each.value.is}, from ${each.value.from}"
}

resource "aws_vpc_security_group_egress_rule" "cluster" {
  for_each = local.flows

  security_group_id            = local.security_group_ids[each.value.from]
  referenced_security_group_id = local.security_group_ids[each.value.to]
  ip_protocol                  = "tcp"
  from_port                    = each.value.ports.from
  to_port                      = each.value.ports.to
  description                  = "${each.value.is}, to ${each.value.to}"
}

resource "aws_vpc_security_group_egress_rule" "web" {
  for_each = local.web

  security_group_id = local.security_group_ids[each.value.from]
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  description       = "Package archives, the release, AWS"
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  for_each = toset(var.ssh_cidrs)

  security_group_id = aws_security_group.frontend.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  description       = "SSH"
}
