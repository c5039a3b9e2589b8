# What the agent calls, and nothing else. EC2's Describe calls cannot be held to a resource.
locals {
  # With an ID behind it, the ARN of an instance.
  instance_arn = "${split(":volume/", aws_ebs_volume.data.arn)[0]}:instance/"

  describe_mount_targets = {
    Effect   = "Allow"
    Action   = ["elasticfilesystem:DescribeMountTargets"]
    Resource = [aws_efs_file_system.this.arn]
  }

  describe_data_volume = {
    Effect   = "Allow"
    Action   = ["ec2:DescribeVolumes"]
    Resource = ["*"]
  }

  attach_data_volume = {
    Effect   = "Allow"
    Action   = ["ec2:AttachVolume"]
    Resource = [aws_ebs_volume.data.arn]
  }

  # Where job servers claim their names, one that EC2 calls terminated has lost its own.
  describe_holders = var.job_group == null ? [] : [{
    Effect   = "Allow"
    Action   = ["ec2:DescribeInstances"]
    Resource = ["*"]
  }]

  # By tag, not by its ID, which nothing can have before the instance boots and asks.
  attach_to_frontend = {
    Effect   = "Allow"
    Action   = ["ec2:AttachVolume"]
    Resource = ["${local.instance_arn}*"]
    Condition = {
      StringEquals = {
        "aws:ResourceTag/SlurmCluster" = var.name
        "aws:ResourceTag/SlurmRole"    = "frontend"
      }
    }
  }

  # Each instance only on itself: the ARN of the one that asks must have the ID of the one that is tagged, which IAM, not
  # Terraform, fills in.
  tag_itself = {
    Effect   = "Allow"
    Action   = ["ec2:CreateTags"]
    Resource = ["${local.instance_arn}*"]
    Condition = {
      ArnEquals                   = { "ec2:SourceInstanceARN" = "${local.instance_arn}$${ec2:InstanceID}" }
      "ForAllValues:StringEquals" = { "aws:TagKeys" = ["slurm-node-agent:status"] }
    }
  }

  # EC2 asks for the grant in the name of whoever attaches a volume that a key of the account encrypts. The key of AWS's
  # own allows it to all in the account.
  grant_for_data_volume = var.kms_key_arn == null ? [] : [{
    Effect   = "Allow"
    Action   = ["kms:CreateGrant"]
    Resource = [var.kms_key_arn]
    Condition = {
      Bool = { "kms:GrantIsForAWSResource" = "true" }
      StringEquals = {
        "kms:ViaService"          = "ec2.${split(":", aws_ebs_volume.data.arn)[3]}.amazonaws.com"
        "kms:GrantConstraintType" = "EncryptionContextSubset"
      }
    }
  }]

  statements = {
    frontend = concat([
      local.describe_mount_targets,
      local.describe_data_volume,
      local.attach_data_volume,
      local.attach_to_frontend,
      local.tag_itself,
    ], local.grant_for_data_volume, local.fleet_statements)
    job = concat([local.describe_mount_targets, local.tag_itself], local.describe_holders, local.fleet_statements)
  }

  attached_policies = { for pair in setproduct(["frontend", "job"], keys(var.policy_arns)) :
    "${pair[0]}-${pair[1]}" => { role = pair[0], arn = var.policy_arns[pair[1]] }
  }
}

resource "aws_iam_role" "this" {
  for_each = toset(["frontend", "job"])

  # An account has one role of a name for all regions.
  name_prefix          = "${var.name}-${each.key}-"
  description          = "The instances of the Slurm cluster ${var.name}: ${each.key}"
  permissions_boundary = var.permissions_boundary_arn
  tags                 = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["ec2.amazonaws.com"] }
    }]
  })

  # Another prefix would take the role from under the instances.
  lifecycle {
    ignore_changes = [name_prefix]
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.statements

  name   = "slurm-node-agent"
  role   = aws_iam_role.this[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attached_policies

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = each.value.arn
}

resource "aws_iam_instance_profile" "this" {
  for_each = toset(["frontend", "job"])

  name_prefix = "${var.name}-${each.key}-"
  role        = aws_iam_role.this[each.key].name
  tags        = local.tags

  # As of the role.
  lifecycle {
    ignore_changes = [name_prefix]
  }
}
