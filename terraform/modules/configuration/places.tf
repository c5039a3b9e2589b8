# Places that do not fit together: the agent refuses them, too, but only on the instances (exit code 78), each time.
locals {
  # As the agent has them by default.
  efs_mount_point = coalesce(var.efs.mount_point, "/mnt/work")
  state           = coalesce(var.state_save_location, "/var/lib/slurm/slurmctld")
  database        = coalesce(try(var.accounting.enabled ? var.accounting.directory : null, null), "/var/lib/slurm-accounting")

  mount_points = [local.efs_mount_point, var.data_volume.mount_point]

  # Whoever owns a place in the cluster's own directory could choose its key.
  cluster = "${local.efs_mount_point}/slurm"

  apart = concat([
    { names = "efs.mount_point and data_volume.mount_point", places = local.mount_points },
    { names = "efs.mount_point and what is the agent's own", places = [local.efs_mount_point, "/opt/slurm-node-agent"] },
    { names = "data_volume.mount_point and what is the agent's own", places = [var.data_volume.mount_point, "/opt/slurm-node-agent"] },
    # Whoever is root on a job server could rewrite the scheduler's state there.
    { names = "state_save_location and data_volume.mount_point", places = [local.state, var.data_volume.mount_point] },
    { names = "state_save_location and the cluster's directory", places = [local.state, local.cluster] },
    { names = "accounting.directory and efs.mount_point", places = [local.database, local.efs_mount_point] },
    { names = "accounting.directory and data_volume.mount_point", places = [local.database, var.data_volume.mount_point] },
    { names = "accounting.directory and state_save_location", places = [local.database, local.state] },
    ], [for user in var.users :
    { names = "the home of ${user.name} and the cluster's directory", places = [user.home, local.cluster] }
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
  outside_of_the_system = { for place in toset([local.state, local.database]) :
    place => can(regex("^/[^/]+/.", place)) && !can(regex(local.of_the_system, place)) && !can(regex("^/(home|opt)/", place))
  }

  state_is_placed = !startswith(local.cluster, "${local.state}/") && (
    can(regex("^/var/(lib/slurm/.|spool/slurm)", local.state)) ||
    local.outside_of_the_system[local.state] ||
    startswith(local.state, "${local.efs_mount_point}/")
  )

  database_is_placed = local.database == "/var/lib/slurm-accounting" || local.outside_of_the_system[local.database]
}
