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

output "agent" {
  description = "The release of the agent, for Packer and for `slurm-node-agent upgrade`."
  value       = module.release.agent
}
