variable "region" {
  description = "The region of AWS."
  type        = string
  default     = "ap-northeast-1"
}

variable "node" {
  description = "Where Node 24 for linux is, for x86_64 and arm64, and its SHA-256."
  type        = map(object({ url = string, sha256 = string }))
}

variable "agent_file" {
  description = "The release of the agent, as `npm run release` makes it."
  type        = string
  default     = "../../../dist/slurm-node-agent.tar.gz"
}

variable "ssh_cidrs" {
  description = "From where the front end takes SSH."
  type        = list(string)
  default     = []
}
