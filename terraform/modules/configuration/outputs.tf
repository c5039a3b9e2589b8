output "frontend" {
  description = "The configuration of the front end."
  value       = local.frontend
}

output "jobs" {
  description = "The configurations of the job servers, job-1 first."
  value       = local.jobs
}
