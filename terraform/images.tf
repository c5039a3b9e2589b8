data "aws_ec2_instance_type" "this" {
  for_each = { frontend = var.frontend_instance_type, job = var.job_instance_type }

  instance_type = each.value

  lifecycle {
    postcondition {
      condition     = contains(keys(var.node), contains(self.supported_architectures, "arm64") ? "arm64" : "x86_64")
      error_message = "node has no tarball for the processor of ${each.value}: ${join(", ", self.supported_architectures)}."
    }

    # With "auto", a role without one goes through stunnel.
    postcondition {
      condition     = var.efs.client != "efs-utils" || var.efs.utils_package == null || contains(keys(coalesce(var.efs.utils_package, {})), contains(self.supported_architectures, "arm64") ? "arm64" : "x86_64")
      error_message = "efs.utils_package has no .deb for the processor of ${each.value}: ${join(", ", self.supported_architectures)}."
    }
  }
}

locals {
  architecture = { for role, type in data.aws_ec2_instance_type.this :
    role => contains(type.supported_architectures, "arm64") ? "arm64" : "x86_64"
  }

  given_ami_id = { frontend = var.frontend_ami_id, job = var.job_ami_id }
  ami_id       = { for role, id in local.given_ami_id : role => id == null ? data.aws_ami.ubuntu[role].id : id }
}

data "aws_ami" "ubuntu" {
  for_each = { for role, id in local.given_ami_id : role => local.architecture[role] if id == null }

  owners      = ["099720109477"] # Canonical
  most_recent = true

  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd*/ubuntu-noble-24.04-*-server-*"]
  }

  filter {
    name   = "architecture"
    values = [each.value]
  }
}
