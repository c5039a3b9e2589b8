# AWS Systems Manager runs the agent on the instances and gathers what it says.
locals {
  # Not the other way round: no name may begin with "aws" or "amazon", and that of a cluster may.
  fleet_name = "slurm-node-agent-${var.name}"

  # What Systems Manager's own agent calls. AmazonSSMManagedInstanceCore, AWS's policy for it, would let the instances read
  # the parameters of the whole account as well.
  fleet_messages = {
    Effect = "Allow"
    Action = [
      "ec2messages:AcknowledgeMessage",
      "ec2messages:DeleteMessage",
      "ec2messages:FailMessage",
      "ec2messages:GetEndpoint",
      "ec2messages:GetMessages",
      "ec2messages:SendReply",
      "ssm:DescribeAssociation",
      "ssm:ListAssociations",
      "ssm:ListInstanceAssociations",
      "ssm:PutComplianceItems",
      "ssm:UpdateAssociationStatus",
      "ssm:UpdateInstanceAssociationStatus",
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    Resource = ["*"]
  }

  fleet_document = {
    Effect   = "Allow"
    Action   = ["ssm:DescribeDocument", "ssm:GetDocument"]
    Resource = aws_ssm_document.fleet[*].arn
  }

  fleet_output = [for bucket in [try(var.fleet.output_bucket, null)] : {
    Effect   = "Allow"
    Action   = ["s3:PutObject"]
    Resource = ["arn:${split(":", aws_ebs_volume.data.arn)[1]}:s3:::${bucket}/${local.fleet_name}/*"]
  } if bucket != null]

  fleet_statements = concat(
    [for statement in [local.fleet_messages, local.fleet_document] : statement if var.fleet != null],
    local.fleet_output,
  )
}

resource "aws_ssm_document" "fleet" {
  count = var.fleet == null ? 0 : 1

  name          = local.fleet_name
  document_type = "Command"
  target_type   = "/AWS::EC2::Instance"
  content       = file("${path.module}/fleet.json")
  tags          = local.tags
}

resource "aws_ssm_association" "fleet" {
  count = try(var.fleet.schedule, null) == null ? 0 : 1

  association_name    = local.fleet_name
  name                = aws_ssm_document.fleet[0].name
  parameters          = { command = var.fleet.command }
  schedule_expression = var.fleet.schedule
  max_concurrency     = var.fleet.max_concurrency
  max_errors          = var.fleet.max_errors
  tags                = local.tags

  # Otherwise also once when it is made, while a new cluster is not there yet. A rate cannot be held back.
  apply_only_at_cron_interval = startswith(var.fleet.schedule, "cron(")

  targets {
    key    = "tag:SlurmCluster"
    values = [var.name]
  }

  dynamic "output_location" {
    for_each = compact([var.fleet.output_bucket])

    content {
      s3_bucket_name = var.fleet.output_bucket
      s3_key_prefix  = local.fleet_name
    }
  }
}
