# Job servers in an Auto Scaling group, in the place of those of job.tf. They share one user_data, and each takes a free
# name by itself: Terraform does not know which.
module "job_group_user_data" {
  source = "./modules/user-data"
  count  = var.job_group == null ? 0 : 1

  configuration = module.configuration.job_group
  agent         = var.agent
  node          = var.node[local.architecture.job]
}

# A launch template knows the root disk by its name alone, and each AMI has its own.
data "aws_ami" "job" {
  count = var.job_group == null ? 0 : 1

  include_deprecated = true

  filter {
    name   = "image-id"
    values = [local.ami_id.job]
  }
}

resource "aws_launch_template" "job" {
  count = var.job_group == null ? 0 : 1

  name_prefix            = "${var.name}-job-"
  description            = "The job servers of the Slurm cluster ${var.name}"
  image_id               = local.ami_id.job
  instance_type          = var.job_instance_type
  vpc_security_group_ids = concat([aws_security_group.job.id], var.security_group_ids.job)
  key_name               = var.key_name
  user_data              = module.job_group_user_data[0].base64
  tags                   = merge(local.tags, { Name = "${var.name}-job" })

  iam_instance_profile {
    name = aws_iam_instance_profile.this["job"].name
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = data.aws_ami.job[0].root_device_name

    ebs {
      volume_type           = "gp3"
      volume_size           = var.root_volume_gib.job
      encrypted             = true
      kms_key_id            = var.kms_key_arn
      delete_on_termination = true
    }
  }

  # The group tags the instances itself, but not their disks.
  tag_specifications {
    resource_type = "volume"
    tags          = merge(local.tags, { Name = "${var.name}-job" })
  }

  # As in the group.
  lifecycle {
    ignore_changes = [name_prefix]
  }
}

# Without instance_refresh: what is changed here is for instances that start later, and replaces none.
resource "aws_autoscaling_group" "job" {
  count = var.job_group == null ? 0 : 1

  name_prefix           = "${var.name}-job-"
  min_size              = var.job_group.min_size
  max_size              = var.job_group.max_size
  desired_capacity      = var.job_group.desired_capacity
  protect_from_scale_in = var.job_group.protect_from_scale_in
  vpc_zone_identifier   = local.job_subnet_ids
  health_check_type     = "EC2"

  # A wait that fails would leave the group tainted: the next apply would replace it, with its job servers.
  wait_for_capacity_timeout = "0"

  # It would end job servers of one zone for others in another, and first start more than there are names for.
  suspended_processes = ["AZRebalance"]

  launch_template {
    id      = aws_launch_template.job[0].id
    version = aws_launch_template.job[0].latest_version
  }

  dynamic "tag" {
    for_each = merge(local.tags, { Name = "${var.name}-job", SlurmRole = "job" })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  depends_on = [aws_vpc_security_group_egress_rule.web, aws_iam_role_policy.this, data.aws_subnet.job]

  lifecycle {
    # Another prefix would make a new group, with other job servers. The capacity is changed by whoever needs more or fewer.
    ignore_changes = [name_prefix, desired_capacity]

    precondition {
      condition     = var.job_count == null
      error_message = "job_count and job_group are two ways to have job servers: give one of them."
    }
  }
}

# Those of the group that there are.
data "aws_instances" "job_group" {
  count = var.job_group == null ? 0 : 1

  instance_state_names = ["pending", "running", "stopping", "stopped"]

  filter {
    name   = "tag:aws:autoscaling:groupName"
    values = [aws_autoscaling_group.job[0].name]
  }
}

# Their tags in one answer, with those of some that are gone.
data "aws_resourcegroupstaggingapi_resources" "job_group" {
  count = var.job_group == null ? 0 : 1

  resource_type_filters = ["ec2:instance"]

  tag_filter {
    key    = "aws:autoscaling:groupName"
    values = [aws_autoscaling_group.job[0].name]
  }
}
