variable "cluster_name" {
  description = "Slurm's name of the cluster."
  type        = string
}

variable "frontend_hostname" {
  description = "The host name of the front end."
  type        = string
}

variable "job_count" {
  description = "How many job servers there are, or may be: job-1, job-2 and so on."
  type        = number
}

variable "job_node" {
  description = "What Slurm may hand out of a job server; what is not said of CPUs and memory, each tells of itself."
  type = object({
    cpus       = optional(number)
    memory_mib = optional(number)
    features   = optional(list(string))
    gres = optional(list(object({
      name  = string
      type  = optional(string)
      count = optional(number)
      file  = optional(string)
    })))
  })
  default  = {}
  nullable = false
}

variable "srun_ports" {
  description = "The TCP ports on which srun listens for its tasks."
  type        = object({ from = number, to = number })
  default     = null
}

variable "partitions" {
  description = "Slurm's partitions."
  type = list(object({
    name     = string
    nodes    = optional(string, "ALL")
    default  = optional(bool, false)
    max_time = optional(string, "INFINITE")
  }))
}

variable "state_save_location" {
  description = "Where slurmctld keeps its state; without it, on the disk of the front end."
  type        = string
  default     = null
}

variable "configless" {
  description = "Whether the job servers fetch slurm.conf from slurmctld; else they copy it from EFS."
  type        = bool
  default     = false
}

variable "accounting" {
  description = "Slurm's accounting on the front end; without it, none is set up."
  type        = object({ enabled = bool, directory = optional(string) })
  default     = null
}

variable "frontend_packages" {
  description = "Debian packages for the front end, beside what the agent needs."
  type        = list(string)
}

variable "job_packages" {
  description = "Debian packages for the job servers, beside what the agent needs."
  type        = list(string)
}

variable "efs" {
  description = "The EFS file system, and how it is mounted; `utils_package` by role, as a .deb is for one processor."
  type = object({
    file_system_id = string
    mount_point    = optional(string)
    client         = optional(string)
    utils_package = optional(object({
      frontend = optional(object({ url = string, sha256 = string }))
      job      = optional(object({ url = string, sha256 = string }))
    }), {})
    deadline_seconds = optional(number)
  })
}

variable "data_volume" {
  description = "The EBS volume that the front end exports."
  type = object({
    volume_id        = string
    device_name      = string
    file_system      = string
    mount_point      = string
    deadline_seconds = optional(number)
  })
}

variable "nfs" {
  description = "Who may mount the export."
  type = object({
    clients     = list(string)
    root_squash = bool
    threads     = optional(number)
  })
}

variable "users" {
  description = "Those whose jobs run on the nodes, with the same number everywhere."
  type        = list(object({ name = string, uid = number, gid = optional(number), home = string }))
  default     = []
}

variable "converge_interval_seconds" {
  description = "The pauses between the agent's runs."
  type        = object({ frontend = number, job = number })
}
