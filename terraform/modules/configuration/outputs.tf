output "frontend" {
  description = "The configuration of the front end."
  value       = local.frontend
}

output "jobs" {
  description = "The configurations of the job servers, job-1 first."
  value       = [for index in range(var.job_count) : merge(local.job, { hostname = "job-${index + 1}" })]
}

output "job_group" {
  description = "The one configuration of job servers that share their user_data: each takes a name that no other has."
  value       = merge(local.job, { hostname = "job-[1-${var.job_count}]" })
}
