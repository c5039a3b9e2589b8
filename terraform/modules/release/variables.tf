variable "file" {
  description = "The release of the agent, as `npm run release` makes it."
  type        = string

  validation {
    condition     = fileexists(var.file)
    error_message = "file must be there: npm run release makes dist/slurm-node-agent.tar.gz."
  }
}

variable "vpc_id" {
  description = "The VPC whose instances fetch it."
  type        = string
}

variable "route_table_ids" {
  description = "The route tables of the subnets that they are in. By them they reach S3 through a gateway endpoint."
  type        = list(string)
  default     = []
}

variable "vpc_endpoint_id" {
  description = "The gateway endpoint for S3 that these route tables have already, vpce-…; without it, one is made."
  type        = string
  default     = null

  validation {
    condition     = var.vpc_endpoint_id == null || can(regex("^vpce-[0-9a-f]+$", var.vpc_endpoint_id))
    error_message = "vpc_endpoint_id must be the ID of a VPC endpoint, vpce-…"
  }
}

variable "tags" {
  description = "Tags of all that is made."
  type        = map(string)
  default     = {}
}
