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

variable "agent" {
  description = "Where the release of the agent is, and its SHA-256."
  type        = object({ url = string, sha256 = string })
}

variable "node" {
  description = "Where Node 24 for linux is, by processor, and its SHA-256."
  type        = map(object({ url = string, sha256 = string }))
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
}

module "cluster" {
  source = "../.."

  agent = var.agent
  node  = var.node

  # Sorted, so that the front end and its volume stay in one zone.
  subnet_ids = sort(data.aws_subnets.default.ids)

  # There is no other way out of them.
  frontend_public_ip = true
}

output "frontend" {
  description = "The front end."
  value       = module.cluster.frontend
}
