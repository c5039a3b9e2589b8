resource "aws_efs_file_system" "this" {
  encrypted       = true
  kms_key_id      = var.kms_key_arn
  throughput_mode = "elastic"

  tags = merge(local.tags, { Name = var.name })

  # The Munge key and the work of all users are in there.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_efs_mount_target" "this" {
  count = length(var.subnet_ids)

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = var.subnet_ids[count.index]
  security_groups = [aws_security_group.efs.id]

  lifecycle {
    precondition {
      condition     = length(distinct(local.zones)) == length(local.zones)
      error_message = "subnet_ids must be in an availability zone each, as EFS has one mount target in each; they are in ${join(", ", local.zones)}."
    }
  }
}

# The agent attaches it (attach in its configuration), not an aws_volume_attachment: when the front end is replaced,
# Terraform would detach the volume from under a mounted file system, or stop the instance for it. So EC2 lets it go when
# the old instance is terminated, which has unmounted it by then, and the new one takes it, but never from another.
resource "aws_ebs_volume" "data" {
  availability_zone = local.zones[0]
  type              = "gp3"
  size              = var.data_volume.size_gib
  iops              = var.data_volume.iops
  throughput        = var.data_volume.throughput
  snapshot_id       = var.data_volume.snapshot_id
  encrypted         = true
  kms_key_id        = var.kms_key_arn
  final_snapshot    = true

  tags = merge(local.tags, { Name = "${var.name}-data" })

  # Another snapshot would have a volume with data in it replaced.
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [snapshot_id]
  }
}
