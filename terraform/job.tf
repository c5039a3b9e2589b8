module "job_user_data" {
  source = "./modules/user-data"
  count  = local.job_count

  configuration = module.configuration.jobs[count.index]
  agent         = var.agent
  node          = var.node[local.architecture.job]
}

resource "aws_instance" "job" {
  count = local.job_count

  ami                    = local.ami_id.job
  instance_type          = var.job_instance_type
  subnet_id              = local.job_subnet_ids[count.index % length(local.job_subnet_ids)]
  vpc_security_group_ids = concat([aws_security_group.job.id], var.security_group_ids.job)
  iam_instance_profile   = aws_iam_instance_profile.this["job"].name
  key_name               = var.key_name

  user_data_base64            = module.job_user_data[count.index].base64
  user_data_replace_on_change = false

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gib.job
    encrypted   = true
    kms_key_id  = var.kms_key_arn
  }

  tags = merge(local.tags, { Name = "${var.name}-job-${count.index + 1}", SlurmRole = "job" })

  depends_on = [aws_vpc_security_group_egress_rule.web, aws_iam_role_policy.this, data.aws_subnet.job]

  lifecycle {
    # The second is the agent's own word on the instance.
    ignore_changes = [ami, tags["slurm-node-agent:status"], tags_all["slurm-node-agent:status"]]
  }
}
