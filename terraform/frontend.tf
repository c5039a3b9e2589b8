module "frontend_user_data" {
  source = "./modules/user-data"

  configuration = module.configuration.frontend
  agent         = var.agent
  node          = var.node[local.architecture.frontend]
}

# One of its own outlives the instance. So a front end that replaces another has its address, by which the job servers have
# mounted the volume, and nobody else gets it in between.
resource "aws_network_interface" "frontend" {
  description     = "The front end of the Slurm cluster ${var.name}"
  subnet_id       = var.subnet_ids[0]
  private_ips     = var.frontend_private_ip == null ? null : [var.frontend_private_ip]
  security_groups = concat([aws_security_group.frontend.id], var.security_group_ids.frontend)
  tags            = merge(local.tags, { Name = "${var.name}-${var.frontend_hostname}" })

  lifecycle {
    # EC2 gives an instance a public address only with an interface that it makes itself.
    precondition {
      condition     = var.frontend_public_ip != null || !data.aws_subnet.this[0].map_public_ip_on_launch
      error_message = "The first of subnet_ids gives instances public addresses, but not the front end, which has an interface of its own: set frontend_public_ip to true, or to false where it reaches the world without."
    }
  }
}

resource "aws_eip" "frontend" {
  count = coalesce(var.frontend_public_ip, false) ? 1 : 0

  domain            = "vpc"
  network_interface = aws_network_interface.frontend.id
  tags              = merge(local.tags, { Name = "${var.name}-${var.frontend_hostname}" })
}

resource "aws_instance" "frontend" {
  ami                     = local.ami_id.frontend
  instance_type           = var.frontend_instance_type
  iam_instance_profile    = aws_iam_instance_profile.this["frontend"].name
  key_name                = var.key_name
  disable_api_termination = var.frontend_termination_protection

  # A changed configuration stops and starts the instance, and cloud-init takes it from there. It must never replace it.
  user_data_base64            = module.frontend_user_data.base64
  user_data_replace_on_change = false

  primary_network_interface {
    network_interface_id = aws_network_interface.frontend.id
  }

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
  depends_on = [aws_eip.frontend, aws_vpc_security_group_egress_rule.web, aws_iam_role_policy.this]

  lifecycle {
    # The second is the agent's own word on the instance.
    ignore_changes = [ami, tags["slurm-node-agent:status"], tags_all["slurm-node-agent:status"]]
  }
}
