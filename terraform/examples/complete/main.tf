# A cluster in a VPC of its own, with most of what the module takes.
locals {
  instance_types = { frontend = "m6i.large", job = "c7g.xlarge" }
  job_servers    = 2
}

module "cluster" {
  source = "../.."

  name         = "hpc"
  cluster_name = "hpc"
  tags         = { Project = "hpc" }

  agent = module.release.agent
  node  = var.node

  subnet_ids     = aws_subnet.private[*].id
  job_subnet_ids = [aws_subnet.private[0].id]
  ssh_cidrs      = var.ssh_cidrs

  frontend_instance_type = local.instance_types.frontend
  job_instance_type      = local.instance_types.job
  job_group              = { min_size = local.job_servers, max_size = 8 }
  root_volume_gib        = { job = 50 }

  data_volume = {
    size_gib    = 2048
    throughput  = 250
    file_system = "xfs"
  }

  partitions = [
    { name = "main", default = true, max_time = "1-00:00:00" },
    { name = "long" },
  ]

  users = [{ name = "ada", uid = 2001, home = "/mnt/work/home/ada" }]

  # A front end that is replaced keeps its queue.
  state_save_location             = "/mnt/work/slurmctld"
  frontend_termination_protection = false

  # Logins by Session Manager, without SSH; and each morning, what is on an instance otherwise than it should be is in its
  # compliance.
  fleet = { schedule = "cron(0 6 * * ? *)" }

  # MPI opens ports as it likes.
  security_group_ids = { job = [aws_security_group.mpi.id] }
}

module "release" {
  source = "../../modules/release"

  file            = var.agent_file
  vpc_id          = aws_vpc.this.id
  route_table_ids = [aws_route_table.private.id]
  tags            = { Project = "hpc" }
}

# A warning of each plan and apply, for as long as an instance is not there; after a first apply, for some minutes.
check "ready" {
  assert {
    condition = alltrue([for status in values(module.cluster.status) : status == "ready"])
    error_message = "Not ready: ${join(", ", [for name, status in module.cluster.status :
      "${name} (${coalesce(status, "nothing told yet")})" if status != "ready"
    ])}."
  }

  # Those that Auto Scaling cannot start are in no status.
  assert {
    condition     = length(module.cluster.job_group.instance_ids) >= local.job_servers
    error_message = "Job servers: ${length(module.cluster.job_group.instance_ids)}, of at least ${local.job_servers}. The activity of the group ${module.cluster.job_group.name} says why."
  }
}

resource "aws_security_group" "mpi" {
  name        = "hpc-mpi"
  description = "Job servers among themselves"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "mpi" {
  security_group_id            = aws_security_group.mpi.id
  referenced_security_group_id = aws_security_group.mpi.id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "mpi" {
  security_group_id            = aws_security_group.mpi.id
  referenced_security_group_id = aws_security_group.mpi.id
  ip_protocol                  = "-1"
}
