output "frontend" {
  description = "The front end."
  value       = module.cluster.frontend
}

output "status" {
  description = "What the agents tell of their instances, as of the last refresh."
  value       = module.cluster.status
}

output "job_group" {
  description = "The job servers."
  value       = module.cluster.job_group
}
