# An AMI that has what the user_data of a front end or a job server would install. docs/images.md says how it is used.

packer {
  required_version = ">= 1.10.0"

  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = "~> 1.3"
    }
  }
}

variable "region" {
  description = "The AWS region in which the image is made."
  type        = string
}

variable "configuration" {
  description = "The configuration of an instance that is to start from the image: an object, as `slurm-node-agent config schema` describes it. Its role, packages and options count; its names and IDs need not be those of any instance."

  validation {
    condition     = can(regex("^(frontend|job)$", var.configuration.role))
    error_message = "The configuration must be an object whose role is \"frontend\" or \"job\"."
  }
}

variable "agent" {
  description = "The release of the agent that the instances' user_data names, where the instance that is baked can fetch it, and its SHA-256."
  type        = object({ url = string, sha256 = string })

  validation {
    condition     = can(regex("^https?://[A-Za-z0-9._:-]+/[A-Za-z0-9._~:/@!$()*+,;%-]+$", var.agent.url))
    error_message = "The agent.url must be an http or https URL without spaces, quotes, a user or a query."
  }

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.agent.sha256))
    error_message = "The agent.sha256 must be 64 hexadecimal digits in lower case."
  }
}

variable "node" {
  description = "The official tarball of Node 24 for linux and the architecture that the instances' user_data names, and its SHA-256."
  type        = object({ url = string, sha256 = string })

  validation {
    condition     = can(regex("^https?://[A-Za-z0-9._:-]+/[A-Za-z0-9._~:/@!$()*+,;%-]+$", var.node.url))
    error_message = "The node.url must be an http or https URL without spaces, quotes, a user or a query."
  }

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.node.sha256))
    error_message = "The node.sha256 must be 64 hexadecimal digits in lower case."
  }
}

variable "name" {
  description = "What the name of the AMI begins with."
  type        = string
  default     = "slurm-node-agent"

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]{3,80}$", var.name))
    error_message = "The name must have 3 to 80 letters, digits, dots, slashes, hyphens and underscores."
  }
}

variable "architecture" {
  description = "The processor: x86_64 or arm64."
  type        = string
  default     = "x86_64"

  validation {
    condition     = can(regex("^(x86_64|arm64)$", var.architecture))
    error_message = "The architecture must be x86_64 or arm64."
  }
}

variable "base" {
  description = "The official image that it is made from, its owner, and the user that its cloud-init gives the SSH key to. Patterns are of the architecture that is chosen; the newest is taken."
  type        = object({ name = string, owner = string, ssh_username = string })
  default = {
    name         = "ubuntu/images/hvm-ssd*/ubuntu-noble-24.04-*-server-*"
    owner        = "099720109477" # Canonical
    ssh_username = "ubuntu"
  }

  validation {
    condition     = can(regex("^([0-9]{12}|amazon|aws-marketplace|self)$", var.base.owner))
    error_message = "The base.owner must be an account of 12 digits, amazon, aws-marketplace or self."
  }
}

variable "subnet_id" {
  description = "The subnet of the instance that is baked, from which it reaches the package archives, the release and Node; null for one of the default VPC."
  type        = string
  default     = null
}

variable "ssh_interface" {
  description = "How Packer reaches that instance: \"private_ip\" from inside the VPC, or \"session_manager\", which needs an iam_instance_profile; null for its public address, and SSH from that of Packer alone."
  type        = string
  default     = null

  validation {
    condition     = var.ssh_interface == null || can(regex("^(private_ip|session_manager)$", var.ssh_interface))
    error_message = "The ssh_interface must be private_ip or session_manager, or be left out."
  }
}

variable "iam_instance_profile" {
  description = "The instance profile of that instance, as for Session Manager; null for none: the bake calls nothing of AWS."
  type        = string
  default     = null
}

variable "kms_key_id" {
  description = "The KMS key that encrypts the image; null for AWS's own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the AMI, its snapshot, and the instance that is baked."
  type        = map(string)
  default     = {}
}

locals {
  instance_type = { x86_64 = "c6i.large", arm64 = "c6g.large" }
  made_at       = formatdate("YYYYMMDD-hhmmss", timestamp())
  user_data     = "/tmp/slurm-node-agent-user-data"

  # RFC 1918, and RFC 6598, which VPCs may have as well.
  private_networks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
}

source "amazon-ebs" "this" {
  region        = var.region
  subnet_id     = var.subnet_id
  instance_type = local.instance_type[var.architecture]

  source_ami_filter {
    owners      = [var.base.owner]
    most_recent = true
    filters = {
      name                = var.base.name
      architecture        = var.architecture
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
  }

  # Instances of the image, too, give credentials to version 2 of the metadata service alone.
  imds_support = "v2.0"
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  # Otherwise Packer's security group takes SSH from the world. By a private address, it comes from one.
  temporary_security_group_source_public_ip = var.ssh_interface == null
  temporary_security_group_source_cidrs     = var.ssh_interface == "private_ip" ? local.private_networks : null

  # A key pair of this build alone, which is not left behind.
  communicator              = "ssh"
  ssh_interface             = var.ssh_interface
  iam_instance_profile      = var.iam_instance_profile
  ssh_username              = var.base.ssh_username
  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true

  ami_name        = "${var.name}-${var.architecture}-${local.made_at}"
  ami_description = "${var.configuration.role}, by the slurm-node-agent ${var.agent.sha256}"
  encrypt_boot    = true
  kms_key_id      = var.kms_key_id
  tags            = var.tags
  snapshot_tags   = var.tags
  run_tags        = var.tags
}

build {
  sources = ["source.amazon-ebs.this"]

  # The user_data of an instance: what it has fetched here, it does not fetch there. The path is from this folder.
  provisioner "file" {
    destination = local.user_data
    content = templatefile("../modules/user-data/user_data.sh.tftpl", {
      agent_url    = var.agent.url
      agent_sha256 = var.agent.sha256
      node_url     = var.node.url
      node_sha256  = var.node.sha256
      config_json  = jsonencode(var.configuration)
    })
  }

  provisioner "shell" {
    inline = [
      "sudo sh ${local.user_data} --bake --config -",
      "rm ${local.user_data}",
    ]
  }
}
