# Renders the user_data of a front end and of a job server as the module does, with IDs that are made up. No provider is
# needed. `node scripts/render-user-data.ts` writes the two scripts beside this file.
terraform {
  required_version = ">= 1.3.0"
}

module "configuration" {
  source = "../../configuration"

  cluster_name      = "slurm-cluster"
  frontend_hostname = "frontend-server"
  job_count         = 4
  partitions        = [{ name = "main", default = true }]

  frontend_packages = ["build-essential", "git", "curl", "wget", "emacs", "docker.io", "make"]
  job_packages      = ["build-essential", "git", "curl", "wget", "make"]

  efs = { file_system_id = "fs-0123456789abcdef0", mount_point = "/mnt/work" }
  data_volume = {
    volume_id   = "vol-0123456789abcdef0"
    device_name = "/dev/sdf"
    file_system = "ext4"
    mount_point = "/mnt/shared"
  }
  users                     = [{ name = "ada", uid = 2001, home = "/mnt/work/home/ada" }]
  nfs                       = { clients = ["10.0.0.0/24", "10.0.1.0/24"], root_squash = true }
  converge_interval_seconds = { frontend = 300, job = 300 }
}

module "frontend" {
  source = "../"

  configuration = module.configuration.frontend
  agent         = local.agent
  node          = local.node
}

module "job" {
  source = "../"

  configuration = module.configuration.jobs[0]
  agent         = local.agent
  node          = local.node
}

locals {
  agent = { url = "https://example.com/slurm-node-agent.tar.gz", sha256 = sha256("the agent") }
  node  = { url = "https://example.com/node-v24.9.0-linux-x64.tar.xz", sha256 = sha256("Node") }
}

output "frontend" {
  description = "The user_data of the front end."
  value       = module.frontend.text
}

output "job" {
  description = "The user_data of the first job server."
  value       = module.job.text
}
