output "frontend" {
  description = "The configuration of the front end."
  value       = local.frontend

  precondition {
    condition     = length([for place in local.mount_points : place if can(regex(local.of_the_system, place))]) == 0
    error_message = "efs.mount_point and data_volume.mount_point must not be in a system directory: ${join(", ", local.mount_points)}."
  }

  precondition {
    condition     = length(local.overlaps) == 0
    error_message = "These must lie apart: ${join("; ", local.overlaps)}."
  }

  precondition {
    condition     = length(local.homeless) == 0
    error_message = "users must have homes below efs.mount_point or data_volume.mount_point, ${join(" or ", local.mount_points)}: ${join(", ", local.homeless)}."
  }

  precondition {
    condition     = local.state_is_placed
    error_message = "state_save_location must be a directory of its own, such as /var/lib/slurm/slurmctld, one on EFS or the data volume, or one outside of the system."
  }

  precondition {
    condition     = local.database_is_placed
    error_message = "accounting.directory must be /var/lib/slurm-accounting, or a directory of its own outside of the system and of /home, such as /srv/accounting/mysql."
  }

  precondition {
    condition     = length(local.stray_partitions) == 0
    error_message = "partitions must have nodes of the job servers, job-1 to job-${var.job_count}: ${join(", ", local.stray_partitions)}."
  }
}

output "jobs" {
  description = "The configurations of the job servers, job-1 first."
  value       = [for index in range(var.job_count) : merge(local.job, { hostname = "job-${index + 1}" })]
}

output "job_group" {
  description = "The one configuration of job servers that share their user_data: each takes a name that no other has."
  value       = merge(local.job, { hostname = "job-[1-${var.job_count}]" })
}
