# Places that do not fit together: the agent refuses them, too, but only on the instances (exit code 78), each time.
locals {
  # As the agent has them by default.
  efs_mount_point = coalesce(var.efs.mount_point, "/mnt/work")
  state           = coalesce(var.state_save_location, "/var/lib/slurm/slurmctld")
  databases       = try(var.accounting.enabled, false) ? [coalesce(var.accounting.directory, "${var.data_volume.mount_point}/slurm-accounting")] : []

  mount_points = [local.efs_mount_point, var.data_volume.mount_point]

  # Whoever owns a place in the cluster's own directory could choose its key.
  cluster = "${local.efs_mount_point}/slurm"

  apart = flatten([
    { names = "efs.mount_point and data_volume.mount_point", places = local.mount_points },
    { names = "efs.mount_point and what is the agent's own", places = [local.efs_mount_point, "/opt/slurm-node-agent"] },
    { names = "data_volume.mount_point and what is the agent's own", places = [var.data_volume.mount_point, "/opt/slurm-node-agent"] },
    { names = "state_save_location and the cluster's directory", places = [local.state, local.cluster] },
    [for place in local.databases : [
      { names = "accounting.directory and efs.mount_point", places = [place, local.efs_mount_point] },
      { names = "accounting.directory and state_save_location", places = [place, local.state] },
    ]],
    [for user in var.users : [for place in concat([local.cluster, local.state], local.databases) :
      { names = "the home of ${user.name} and what is not a user's", places = [user.home, place] }
    ]],
  ])

  # With a slash at their ends, a place begins with another one where it is that, or is in it.
  overlaps = [for pair in local.apart : "${pair.names}, ${join(" and ", pair.places)}"
    if startswith("${pair.places[0]}/", "${pair.places[1]}/") || startswith("${pair.places[1]}/", "${pair.places[0]}/")
  ]

  homeless = [for user in var.users : user.name
    if !anytrue([for place in local.mount_points : startswith(user.home, "${place}/")])
  ]

  # Mounting over these, or giving them to another user, takes the machine down.
  of_the_system = "^/(bin|boot|dev|etc|lib|lib32|lib64|proc|root|run|sbin|snap|sys|tmp|usr|var)(/|$)"

  # Two deep: the uppermost directories are many programs'. Below /home and /opt are those of others.
  outside_of_the_system = { for place in toset(concat([local.state], local.databases)) :
    place => can(regex("^/[^/]+/.", place)) && !can(regex(local.of_the_system, place)) && !can(regex("^/(home|opt)/", place))
  }

  # Both are for one daemon alone: what others enter may be above them, not in them.
  state_is_placed = !startswith(local.cluster, "${local.state}/") && !startswith("${var.data_volume.mount_point}/", "${local.state}/") && (
    can(regex("^/var/(lib/slurm/.|spool/slurm)", local.state)) ||
    local.outside_of_the_system[local.state] ||
    anytrue([for place in local.mount_points : startswith(local.state, "${place}/")])
  )

  # MariaDB's unit sees nothing below /home.
  database_is_placed = alltrue([for place in local.databases :
    !startswith("${var.data_volume.mount_point}/", "${place}/") && !startswith(place, "/home/") && (
      place == "/var/lib/slurm-accounting" || local.outside_of_the_system[place] || startswith(place, "${var.data_volume.mount_point}/")
    )
  ])
}
