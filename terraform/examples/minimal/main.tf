# A front end and four job servers in the default VPC, which reaches the world. Set the variables in terraform.tfvars.
terraform {
  required_version = ">= 1.3.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.10, < 7.0"
    }
  }
}

variable "agent_file" {
  description = "The release of the agent, as `npm run release` makes it."
  type        = string
  default     = "../../../dist/slurm-node-agent.tar.gz"
}

variable "node" {
  description = "Where Node 24 for linux is, by processor, and its SHA-256."
  type        = map(object({ url = string, sha256 = string }))
}

variable "s3_endpoint_id" {
  description = "The gateway endpoint for S3 of the default VPC, if it has one."
  type        = string
  default     = null
}

locals {
  instance_types = { frontend = "m6i.large", job = "c6i.large" }
}

# Not every zone has every type: us-east-1e has none that is of today.
data "aws_ec2_instance_type_offerings" "this" {
  for_each = toset(values(local.instance_types))

  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [each.value]
  }
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }

  filter {
    name   = "default-for-az"
    values = ["true"]
  }

  filter {
    name   = "availability-zone"
    values = setintersection(values(data.aws_ec2_instance_type_offerings.this)[*].locations...)
  }
}

data "aws_route_tables" "default" {
  vpc_id = data.aws_vpc.default.id
}

module "release" {
  source = "../../modules/release"

  file            = var.agent_file
  vpc_id          = data.aws_vpc.default.id
  route_table_ids = data.aws_route_tables.default.ids
  vpc_endpoint_id = var.s3_endpoint_id
}

module "cluster" {
  source = "../.."

  agent = module.release.agent
  node  = var.node

  # Once the cluster is made, name its subnet here: another comes first where AWS begins to offer the types in its zone.
  subnet_ids = slice(sort(data.aws_subnets.default.ids), 0, 1)

  frontend_instance_type = local.instance_types.frontend
  job_instance_type      = local.instance_types.job

  # There is no other way out of them.
  frontend_public_ip = true

  data_volume = { size_gib = 100 }

  # Logins by Session Manager, without SSH.
  fleet = {}
}

output "frontend" {
  description = "The front end."
  value       = module.cluster.frontend
}

output "status" {
  description = "What the agents tell of their instances, as of the last refresh."
  value       = module.cluster.status
}

output "agent" {
  description = "The release of the agent, for Packer and for `slurm-node-agent upgrade`."
  value       = module.release.agent
}
