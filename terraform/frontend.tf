module "frontend_user_data" {
  source = "./modules/user-data"

  configuration = module.configuration.frontend
  agent         = var.agent
  node          = var.node[local.architecture.frontend]
}

resource "aws_instance" "frontend" {
  ami                     = local.ami_id.frontend
  instance_type           = var.frontend_instance_type
  subnet_id               = var.subnet_ids[0]
  private_ip              = var.frontend_private_ip
  vpc_security_group_ids  = concat([aws_security_group.frontend.id], var.security_group_ids.frontend)
  iam_instance_profile    = aws_iam_instance_profile.this["frontend"].name
  key_name                = var.key_name
  disable_api_termination = var.frontend_termination_protection

  # A changed configuration stops and starts the instance, and cloud-init takes it from there. It must never replace it.
  user_data_base64            = module.frontend_user_data.base64
  user_data_replace_on_change = false

  # One hop: what runs in a container does not get the credentials of the instance.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gib.frontend
    encrypted   = true
    kms_key_id  = var.kms_key_arn
  }

  tags = merge(local.tags, { Name = "${var.name}-${var.frontend_hostname}", SlurmRole = "frontend" })

  # The agent waits for all else, but what it is to be fetched by should be there when it boots.
  depends_on = [aws_vpc_security_group_egress_rule.web, aws_iam_role_policy.this]

  lifecycle {
    # The second is the agent's own word on the instance.
    ignore_changes = [ami, tags["slurm-node-agent:status"], tags_all["slurm-node-agent:status"]]
  }
}
