variable "configuration" {
  description = "What becomes /etc/slurm-node-agent/config.json: an object, as `slurm-node-agent config schema` describes it."
  type        = any

  validation {
    condition     = can(keys(var.configuration)) && try(contains(["frontend", "job"], var.configuration.role), false)
    error_message = "The configuration must be an object whose role is \"frontend\" or \"job\"."
  }
}

variable "agent" {
  description = "The release of the agent, slurm-node-agent.tar.gz: where curl finds it from the instance, and its SHA-256."
  type        = object({ url = string, sha256 = string })

  # The URL is put into the script between quotes, and all on the instance can read it: no password, and no signature.
  validation {
    condition     = can(regex("^https?://[A-Za-z0-9._:-]+/[A-Za-z0-9._~:/@!$()*+,;%-]+$", var.agent.url))
    error_message = "agent.url must be an http or https URL without spaces, quotes, a user or a query."
  }

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.agent.sha256))
    error_message = "agent.sha256 must be 64 hexadecimal digits in lower case."
  }
}

variable "node" {
  description = "An official tarball of Node 24 for linux and the processor of the instance: its URL and its SHA-256."
  type        = object({ url = string, sha256 = string })

  validation {
    condition     = can(regex("^https?://[A-Za-z0-9._:-]+/[A-Za-z0-9._~:/@!$()*+,;%-]+$", var.node.url))
    error_message = "node.url must be an http or https URL without spaces, quotes, a user or a query."
  }

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.node.sha256))
    error_message = "node.sha256 must be 64 hexadecimal digits in lower case."
  }
}
