locals {
  # EC2 takes 16 KiB, counted before base64.
  limit_bytes = 16384

  text = templatefile("${path.module}/user_data.sh.tftpl", {
    agent_url    = var.agent.url
    agent_sha256 = var.agent.sha256
    node_url     = var.node.url
    node_sha256  = var.node.sha256
    config_json  = jsonencode(var.configuration)
  })

  # length() of the text would count characters.
  plain       = base64encode(local.text)
  plain_bytes = length(local.plain) / 4 * 3 - length(regexall("=", local.plain))

  # cloud-init unpacks gzip before it looks what it was given. What fits stays plain: it can be read in the console, and
  # the bytes of gzip may change with the release of Terraform, which would stop and start the instance.
  compressed = local.plain_bytes > local.limit_bytes
  base64     = local.compressed ? base64gzip(local.text) : local.plain
  bytes      = length(local.base64) / 4 * 3 - length(regexall("=", local.base64))
}
