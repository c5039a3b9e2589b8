output "frontend" {
  description = "The front end."
  value       = module.cluster.frontend
}

output "jobs" {
  description = "The job servers."
  value       = module.cluster.jobs
}
