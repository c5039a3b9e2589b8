# By count: the IDs may be of subnets that are made in the same run, and are then not known yet.
data "aws_subnet" "this" {
  count = length(var.subnet_ids)

  id = var.subnet_ids[count.index]
}

data "aws_subnet" "job" {
  count = length(local.job_subnet_ids)

  id = local.job_subnet_ids[count.index]

  # EFS resolves its name only where it has a mount target.
  lifecycle {
    postcondition {
      condition     = contains(local.zones, self.availability_zone)
      error_message = "job_subnet_ids must be in the availability zones of subnet_ids: ${join(", ", local.zones)}."
    }
  }
}

locals {
  job_subnet_ids = length(var.job_subnet_ids) > 0 ? var.job_subnet_ids : slice(var.subnet_ids, 0, 1)
  zones          = data.aws_subnet.this[*].availability_zone
  vpc_id         = data.aws_subnet.this[0].vpc_id
}
