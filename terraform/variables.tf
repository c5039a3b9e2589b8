variable "name" {
  description = "What the names of all that is made begin with, and the value of the tag `SlurmCluster`. One of its own for each cluster of an account and region. Slurm's own name of the cluster is `cluster_name`."
  type        = string
  default     = "slurm"

  validation {
    # A prefix of a role's name has 38 characters at most, and "-frontend-" is to come.
    condition     = can(regex("^[a-z][a-z0-9-]{0,27}$", var.name))
    error_message = "name must begin with a lower-case letter and have lower-case letters, digits and hyphens, 28 at most."
  }

  validation {
    condition     = !can(regex("^sg(-|$)", var.name))
    error_message = "name must not be \"sg\" or begin with \"sg-\": EC2 takes no such name of a security group."
  }
}

variable "tags" {
  description = "Tags for all that is made."
  type        = map(string)
  default     = {}
}

# What is installed

variable "agent" {
  description = "The release of the agent that `npm run release` makes, where instances can fetch it without credentials, and its SHA-256."
  type        = object({ url = string, sha256 = string })
}

variable "node" {
  description = "By processor, `x86_64` or `arm64`: the official tarball of Node 24 for linux and its SHA-256. Only those of the instance types are needed."
  type        = map(object({ url = string, sha256 = string }))

  validation {
    condition     = length(var.node) > 0 && length(setsubtract(keys(var.node), ["x86_64", "arm64"])) == 0
    error_message = "node must have the keys x86_64, arm64 or both."
  }
}

variable "frontend_packages" {
  description = "Debian packages for the front end, beside those that the agent needs itself."
  type        = list(string)
  default     = ["build-essential", "git", "curl", "wget", "emacs", "docker.io", "make"]

  validation {
    condition     = alltrue([for name in var.frontend_packages : can(regex("^[a-z0-9][a-z0-9+.-]*[a-z0-9+.]$", name))]) && length(distinct(var.frontend_packages)) == length(var.frontend_packages)
    error_message = "frontend_packages must be names of Debian packages, each once."
  }
}

variable "job_packages" {
  description = "Debian packages for the job servers, beside those that the agent needs itself."
  type        = list(string)
  default     = ["build-essential", "git", "curl", "wget", "make"]

  validation {
    condition     = alltrue([for name in var.job_packages : can(regex("^[a-z0-9][a-z0-9+.-]*[a-z0-9+.]$", name))]) && length(distinct(var.job_packages)) == length(var.job_packages)
    error_message = "job_packages must be names of Debian packages, each once."
  }
}

# Instances

variable "frontend_instance_type" {
  description = "The instance type of the front end. It must be on Nitro: there a volume is known by its serial number."
  type        = string
  default     = "m6i.large"
}

variable "frontend_private_ip" {
  description = "The private address of the front end, a free one of the first of subnet_ids; null for any. Either stays when the instance is replaced. Another one later replaces the instance, and the job servers must mount anew."
  type        = string
  default     = null

  validation {
    condition     = var.frontend_private_ip == null || can(cidrnetmask("${coalesce(var.frontend_private_ip, "-")}/32"))
    error_message = "frontend_private_ip must be an IPv4 address, such as \"10.0.1.10\"."
  }
}

variable "frontend_public_ip" {
  description = "Whether the front end has a public address, an Elastic IP, which stays as well; null for none, but that is refused where the subnet gives instances one."
  type        = bool
  default     = null
}

variable "job_instance_type" {
  description = "The instance type of the job servers."
  type        = string
  default     = "c6i.large"
}

variable "frontend_ami_id" {
  description = "An AMI of Ubuntu or Debian for the front end, such as one that `image` makes; null for Canonical's newest Ubuntu 24.04. Another one later does not replace the instance."
  type        = string
  default     = null

  validation {
    condition     = var.frontend_ami_id == null || can(regex("^ami-[0-9a-f]+$", var.frontend_ami_id))
    error_message = "frontend_ami_id must be the ID of an AMI, such as ami-0123456789abcdef0."
  }
}

variable "job_ami_id" {
  description = "An AMI of Ubuntu or Debian for the job servers, such as one that `image` makes; null for Canonical's newest Ubuntu 24.04. Another one later does not replace the instances."
  type        = string
  default     = null

  validation {
    condition     = var.job_ami_id == null || can(regex("^ami-[0-9a-f]+$", var.job_ami_id))
    error_message = "job_ami_id must be the ID of an AMI, such as ami-0123456789abcdef0."
  }
}

variable "frontend_hostname" {
  description = "The host name of the front end, which Slurm knows it by."
  type        = string
  default     = "frontend-server"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.frontend_hostname)) && var.frontend_hostname != "localhost"
    error_message = "frontend_hostname must be one label of lower-case letters, digits and inner hyphens, and begin with a letter."
  }

  validation {
    condition     = !can(regex("^job-[0-9]+$", var.frontend_hostname))
    error_message = "frontend_hostname must not be one of the job servers', job-1, job-2 and so on."
  }
}

variable "job_count" {
  description = "How many job servers there are, each an instance of its own: job-1, job-2 and so on; null for 4, or for none where there is a `job_group`."
  type        = number
  default     = null

  validation {
    condition     = var.job_count == null ? true : var.job_count == floor(var.job_count) && var.job_count >= 1 && var.job_count <= 1000
    error_message = "job_count must be a whole number from 1 to 1000."
  }
}

variable "job_group" {
  description = "An Auto Scaling group of job servers in the place of `job_count`; null for none. Each takes a free name of those from job-1 up to `max_size`. `desired_capacity` is what it begins with, null for `min_size`: later changes are yours or a scaler's. Where `protect_from_scale_in` is true, a smaller one ends no job server."
  type = object({
    max_size              = number
    min_size              = optional(number, 0)
    desired_capacity      = optional(number)
    protect_from_scale_in = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.job_group == null ? true : var.job_group.max_size == floor(var.job_group.max_size) && var.job_group.max_size >= 1 && var.job_group.max_size <= 1000
    error_message = "job_group.max_size must be a whole number from 1 to 1000."
  }

  validation {
    condition     = var.job_group == null ? true : var.job_group.min_size == floor(var.job_group.min_size) && var.job_group.min_size >= 0 && var.job_group.min_size <= var.job_group.max_size
    error_message = "job_group.min_size must be a whole number from 0 to max_size."
  }

  validation {
    condition = var.job_group == null ? true : alltrue([for size in [var.job_group.desired_capacity] :
      size == floor(size) && size >= var.job_group.min_size && size <= var.job_group.max_size if size != null
    ])
    error_message = "job_group.desired_capacity must be a whole number from min_size to max_size."
  }
}

variable "root_volume_gib" {
  description = "The size of the root volumes."
  type        = object({ frontend = optional(number, 30), job = optional(number, 30) })
  default     = {}

  validation {
    condition     = alltrue([for size in values(var.root_volume_gib) : size >= 8 && size <= 16384 && floor(size) == size])
    error_message = "root_volume_gib must be whole numbers of GiB from 8, which the AMIs take, to 16384."
  }
}

variable "key_name" {
  description = "The EC2 key pair for SSH; null for none."
  type        = string
  default     = null
}

variable "frontend_termination_protection" {
  description = "Whether EC2 refuses to terminate the front end: its root disk holds the state of slurmctld, unless `state_save_location` is on EFS or the data volume."
  type        = bool
  default     = true
}

# Network

variable "subnet_ids" {
  description = "Subnets, at most one an availability zone: each gets a mount target of EFS. The first has the front end and the data volume."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids must name at least one subnet."
  }
}

variable "job_subnet_ids" {
  description = "Subnets of the job servers, which take turns; without any, that of the front end. Each must be in a zone of `subnet_ids`."
  type        = list(string)
  default     = []
}

variable "ssh_cidrs" {
  description = "IPv4 networks from which the front end takes SSH; by default none."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.ssh_cidrs : can(cidrnetmask(cidr))])
    error_message = "ssh_cidrs must be IPv4 networks, such as \"192.0.2.0/24\"."
  }
}

variable "egress_cidrs" {
  description = "IPv4 networks that the instances reach by HTTP and HTTPS: package archives, the release, AWS."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = alltrue([for cidr in var.egress_cidrs : can(cidrnetmask(cidr))])
    error_message = "egress_cidrs must be IPv4 networks, such as \"10.0.0.0/8\"."
  }
}

variable "srun_ports" {
  description = "The TCP ports on which srun listens for its tasks, open inside the cluster alone."
  type        = object({ from = number, to = number })
  default     = { from = 61001, to = 63000 }

  validation {
    condition     = var.srun_ports.from >= 1024 && var.srun_ports.from <= var.srun_ports.to && var.srun_ports.to <= 65535
    error_message = "srun_ports must run upwards, from 1024 at least to 65535 at most."
  }
}

variable "security_group_ids" {
  description = "More security groups for the instances, as for MPI between the job servers."
  type        = object({ frontend = optional(list(string), []), job = optional(list(string), []) })
  default     = {}
}

# Storage

variable "kms_key_arn" {
  description = "The KMS key that encrypts EFS and all disks; null for AWS's own. With a `job_group`, its policy must let AWSServiceRoleForAutoScaling use it."
  type        = string
  default     = null

  validation {
    # The policy of the front end names it: an alias never matches there, and EC2 would never attach the data volume.
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, and not of an alias, such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "efs" {
  description = "How EFS is mounted, in the names of the agent's configuration. `utils_package` is, by processor as in `node`, a .deb of amazon-efs-utils."
  type = object({
    mount_point      = optional(string, "/mnt/work")
    client           = optional(string)
    utils_package    = optional(map(object({ url = string, sha256 = string })))
    deadline_seconds = optional(number)
  })
  default = {}

  validation {
    condition     = can(regex("^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$", var.efs.mount_point))
    error_message = "efs.mount_point must be an absolute path without a slash at the end."
  }

  validation {
    condition     = contains(["auto", "efs-utils", "stunnel", "nfs"], coalesce(var.efs.client, "auto"))
    error_message = "efs.client must be \"auto\", \"efs-utils\", \"stunnel\" or \"nfs\"."
  }

  validation {
    condition     = length(setsubtract(keys(coalesce(var.efs.utils_package, {})), ["x86_64", "arm64"])) == 0
    error_message = "efs.utils_package must have the keys x86_64, arm64 or both."
  }

  validation {
    condition     = alltrue([for one in values(coalesce(var.efs.utils_package, {})) : can(regex("^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._+~-]+)+$", one.url))])
    error_message = "efs.utils_package must have an https URL of a file, without a user and a query."
  }

  validation {
    condition     = alltrue([for one in values(coalesce(var.efs.utils_package, {})) : can(regex("^[0-9a-f]{64}$", one.sha256))])
    error_message = "efs.utils_package must have a sha256 of 64 hexadecimal digits in lower case."
  }

  validation {
    condition     = var.efs.utils_package == null || contains(["auto", "efs-utils"], coalesce(var.efs.client, "auto"))
    error_message = "efs.utils_package must not be given with an efs.client that is not AWS's helper."
  }

  validation {
    condition     = alltrue([for seconds in [var.efs.deadline_seconds] : seconds == floor(seconds) && seconds >= 10 && seconds <= 86400 if seconds != null])
    error_message = "efs.deadline_seconds must be a whole number from 10 to 86400."
  }
}

variable "data_volume" {
  description = "The EBS volume that the front end exports: a gp3, blank or from a snapshot that holds a file system of this kind."
  type = object({
    size_gib         = optional(number, 1024)
    iops             = optional(number)
    throughput       = optional(number)
    snapshot_id      = optional(string)
    device_name      = optional(string, "/dev/sdf")
    file_system      = optional(string, "ext4")
    mount_point      = optional(string, "/mnt/shared")
    deadline_seconds = optional(number)
  })
  default = {}

  validation {
    condition     = var.data_volume.size_gib == floor(var.data_volume.size_gib) && var.data_volume.size_gib >= 1
    error_message = "data_volume.size_gib must be a whole number, at least 1."
  }

  validation {
    condition     = can(regex("^/dev/(sd|xvd)[b-z]$", var.data_volume.device_name))
    error_message = "data_volume.device_name must be a device name as EC2 takes it, such as \"/dev/sdf\"."
  }

  validation {
    condition     = contains(["ext4", "xfs"], var.data_volume.file_system)
    error_message = "data_volume.file_system must be \"ext4\" or \"xfs\"."
  }

  validation {
    condition     = can(regex("^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$", var.data_volume.mount_point))
    error_message = "data_volume.mount_point must be an absolute path without a slash at the end."
  }

  validation {
    condition     = alltrue([for seconds in [var.data_volume.deadline_seconds] : seconds == floor(seconds) && seconds >= 10 && seconds <= 86400 if seconds != null])
    error_message = "data_volume.deadline_seconds must be a whole number from 10 to 86400."
  }
}

variable "nfs" {
  description = "The export of the data volume. It goes to the subnets of the job servers alone."
  type        = object({ root_squash = optional(bool, true), threads = optional(number) })
  default     = {}

  validation {
    condition     = alltrue([for threads in [var.nfs.threads] : threads == floor(threads) && threads >= 1 && threads <= 1024 if threads != null])
    error_message = "nfs.threads must be a whole number from 1 to 1024."
  }
}

# Slurm

variable "cluster_name" {
  description = "Slurm's name of the cluster."
  type        = string
  default     = "slurm-cluster"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_-]{0,39}$", var.cluster_name))
    error_message = "cluster_name must begin with a lower-case letter and have lower-case letters, digits, \"_\" and \"-\", 40 at most."
  }
}

variable "job_node" {
  description = "What Slurm may hand out of a job server. CPUs and memory that are not said here each tells of itself; one that has less than is said does not come up, and each has less memory than its type says. Features and generic resources are those of `slurm.nodes`, such as `{ name = \"gpu\", type = \"t4\", file = \"/dev/nvidia0\" }`."
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

  validation {
    condition     = alltrue([for one in coalesce(var.job_node.gres, []) : one.name != "gpu" || one.file != null])
    error_message = "job_node.gres must have the device file of a gpu: slurmd takes none without."
  }

  validation {
    condition     = alltrue([for cpus in [var.job_node.cpus] : cpus == floor(cpus) && cpus >= 1 && cpus <= 65535 if cpus != null])
    error_message = "job_node.cpus must be a whole number from 1 to 65535."
  }

  validation {
    condition     = alltrue([for size in [var.job_node.memory_mib] : size == floor(size) && size >= 1 && size <= 100000000 if size != null])
    error_message = "job_node.memory_mib must be a whole number from 1 to 100000000."
  }

  validation {
    condition     = alltrue([for feature in coalesce(var.job_node.features, []) : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,62}$", feature))]) && length(distinct(coalesce(var.job_node.features, []))) == length(coalesce(var.job_node.features, []))
    error_message = "job_node.features must be names that begin with a letter and have letters, digits, \"_\", \".\" and \"-\", each once."
  }

  validation {
    condition = alltrue([for one in coalesce(var.job_node.gres, []) :
      can(regex("^[a-z][a-z0-9_-]{0,39}$", one.name)) && (one.type == null || (can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,62}$", one.type)) && lower(coalesce(one.type, "-")) != "no_consume"))
    ])
    error_message = "job_node.gres must have names of lower-case letters, digits, \"_\" and \"-\", and types, if any, that begin with a letter and have letters, digits, \"_\", \".\" and \"-\", not \"no_consume\"."
  }

  validation {
    condition     = alltrue([for count in coalesce(var.job_node.gres, [])[*].count : count == floor(count) && count >= 1 && count <= 4294967295 if count != null])
    error_message = "job_node.gres must have counts, if any, that are whole numbers from 1 to 4294967295."
  }

  validation {
    condition     = alltrue([for file in coalesce(var.job_node.gres, [])[*].file : can(regex("^/dev(/([A-Za-z0-9_-]|[.][A-Za-z0-9_-]|[.][.][A-Za-z0-9._-])[A-Za-z0-9._-]*)+(\\[[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?)*\\])?$", file)) if file != null])
    error_message = "job_node.gres must have files, if any, that are devices, such as \"/dev/nvidia0\" or \"/dev/nvidia[0-3]\"."
  }
}

variable "partitions" {
  description = "Slurm's partitions; nodes are those of `job_count` or `job_group`."
  type = list(object({
    name     = string
    nodes    = optional(string, "ALL")
    default  = optional(bool, false)
    max_time = optional(string, "INFINITE")
  }))
  default = [{ name = "main", default = true }]

  validation {
    condition     = length(var.partitions) > 0 && alltrue([for partition in var.partitions : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,62}$", partition.name))])
    error_message = "partitions must have one at least, and each a name of letters, digits, \"_\", \".\" and \"-\"."
  }

  validation {
    condition     = length([for partition in var.partitions : partition if partition.default]) <= 1
    error_message = "partitions must have one default at most."
  }

  validation {
    condition     = length(distinct(var.partitions[*].name)) == length(var.partitions) && length([for partition in var.partitions : partition if contains(["ALL", "DEFAULT"], upper(partition.name))]) == 0
    error_message = "partitions must have each name once, and none that means something to Slurm, ALL and DEFAULT."
  }

  validation {
    condition     = alltrue([for partition in var.partitions : partition.nodes == "ALL" || can(regex("^([A-Za-z][A-Za-z0-9-]*(\\[[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*\\])?,)+$", "${partition.nodes},"))])
    error_message = "partitions must have nodes by their names, such as \"job-1\" or \"job-[1-4,7]\", or \"ALL\"."
  }

  validation {
    condition     = alltrue([for partition in var.partitions : can(regex("^(INFINITE|UNLIMITED|([0-9]{1,4}-)?[0-9]{1,7}(:[0-9]{2}){0,2})$", partition.max_time))])
    error_message = "partitions must have a max_time as Slurm takes it: minutes, [days-]hours:minutes:seconds or \"INFINITE\"."
  }
}

variable "state_save_location" {
  description = "Where slurmctld keeps its state; null for /var/lib/slurm/slurmctld on the root disk. On EFS, as in /mnt/work/slurmctld, or on the data volume, as in /mnt/shared/slurmctld, a replaced front end keeps its queue."
  type        = string
  default     = null

  validation {
    condition     = var.state_save_location == null || can(regex("^(/([A-Za-z0-9_-]|[.][A-Za-z0-9_-]|[.][.][A-Za-z0-9._-])[A-Za-z0-9._-]*)+$", var.state_save_location))
    error_message = "state_save_location must be an absolute path without a slash at the end."
  }
}

variable "configless" {
  description = "Whether the job servers fetch slurm.conf from slurmctld (`slurmd --conf-server`); else they copy it from EFS."
  type        = bool
  default     = false
}

variable "accounting" {
  description = "Slurm's accounting on the front end, with a MariaDB whose data is in `directory`; null for none. By default that is slurm-accounting on the data volume, which outlives the instance."
  type        = object({ enabled = bool, directory = optional(string) })
  default     = null

  validation {
    condition     = try(var.accounting.directory, null) == null || can(regex("^(/([A-Za-z0-9_-]|[.][A-Za-z0-9_-]|[.][.][A-Za-z0-9._-])[A-Za-z0-9._-]*)+$", var.accounting.directory))
    error_message = "accounting.directory must be an absolute path without a slash at the end."
  }
}

variable "users" {
  description = "Those whose jobs run on the nodes: the same names and numbers everywhere, and homes on EFS or on the data volume. Without a gid, it is as the uid."
  type        = list(object({ name = string, uid = number, gid = optional(number), home = string }))
  default     = []

  validation {
    condition     = alltrue([for user in var.users : can(regex("^[a-z_][a-z0-9_-]{0,30}$", user.name))])
    error_message = "users must have names of lower-case letters, digits, \"_\" and \"-\", 31 at most."
  }

  validation {
    condition     = alltrue([for id in concat(var.users[*].uid, var.users[*].gid) : id == floor(id) && id >= 1000 && id <= 60000 if id != null])
    error_message = "users must have a uid and a gid, if any, that are whole numbers from 1000 to 60000."
  }

  validation {
    condition     = length(distinct(var.users[*].name)) == length(var.users) && length(distinct(var.users[*].uid)) == length(var.users)
    error_message = "users must have each name and each uid once."
  }

  validation {
    condition     = alltrue([for user in var.users : can(regex("^(/([A-Za-z0-9_-]|[.][A-Za-z0-9_-]|[.][.][A-Za-z0-9._-])[A-Za-z0-9._-]*)+$", user.home))])
    error_message = "users must have a home that is an absolute path without a slash at the end."
  }
}

variable "converge_interval_seconds" {
  description = "The pauses between the agent's runs, which follow what other nodes and you change; 0 for boots only."
  type        = object({ frontend = optional(number, 300), job = optional(number, 300) })
  default     = {}

  validation {
    condition     = alltrue([for seconds in values(var.converge_interval_seconds) : seconds == floor(seconds) && seconds >= 0 && seconds <= 604800])
    error_message = "converge_interval_seconds must be whole numbers from 0 to 604800."
  }
}

# Fleet

variable "fleet" {
  description = "With `{}`, AWS Systems Manager can run the agent on the instances; null for not at all. With a `schedule`, such as `cron(0 6 * * ? *)`, it runs `command`, `plan` or `apply`, on all of them at these times, and with a `rate` on each new one at once; what they say goes to `output_bucket`, an S3 bucket of yours, if there is one."
  type = object({
    schedule        = optional(string)
    command         = optional(string, "plan")
    max_concurrency = optional(string, "10")
    max_errors      = optional(string, "100%")
    output_bucket   = optional(string)
  })
  default = null

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", try(coalesce(var.fleet.schedule), "rate(1 day)")))
    error_message = "fleet.schedule must be a cron or a rate expression, such as \"rate(1 day)\"."
  }

  validation {
    condition     = contains(["plan", "apply"], try(var.fleet.command, "plan"))
    error_message = "fleet.command must be \"plan\" or \"apply\"."
  }

  validation {
    condition     = can(regex("^([1-9][0-9]*|[1-9][0-9]?%|100%)$", try(var.fleet.max_concurrency, "10")))
    error_message = "fleet.max_concurrency must be a number or a part of all, such as \"10\" or \"10%\"."
  }

  validation {
    condition     = can(regex("^([0-9]+|[1-9]?[0-9]%|100%)$", try(var.fleet.max_errors, "100%")))
    error_message = "fleet.max_errors must be a number or a part of all, such as \"1\" or \"10%\"."
  }

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", try(coalesce(var.fleet.output_bucket), "none")))
    error_message = "fleet.output_bucket must be the name of an S3 bucket."
  }
}

# Permissions

variable "policy_arns" {
  description = "More IAM policies for the roles of the instances, by a name of yours, as `{ ssm = \"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore\" }`."
  type        = map(string)
  default     = {}
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of the roles; null for none."
  type        = string
  default     = null
}
