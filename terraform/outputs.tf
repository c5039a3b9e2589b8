locals {
  job_group_status = { for tagged in flatten(data.aws_resourcegroupstaggingapi_resources.job_group[*].resource_tag_mapping_list) :
    split("/", tagged.resource_arn)[1] => lookup(tagged.tags, "slurm-node-agent:status", null)
  }
}

output "frontend" {
  description = "The front end: its instance ID, its host name and its addresses, the public one null without `frontend_public_ip`."
  value = {
    id         = aws_instance.frontend.id
    hostname   = var.frontend_hostname
    private_ip = aws_network_interface.frontend.private_ip
    public_ip  = one(aws_eip.frontend[*].public_ip)
  }
}

output "jobs" {
  description = "The job servers of `job_count` by host name: their instance IDs and private addresses."
  value = { for index, instance in aws_instance.job :
    module.configuration.jobs[index].hostname => { id = instance.id, private_ip = instance.private_ip }
  }
}

output "job_group" {
  description = "The Auto Scaling group of `job_group`: its name, for scaling policies of yours, its launch template, and the IDs of its instances as of the last refresh; null without it."
  value = var.job_group == null ? null : {
    name               = aws_autoscaling_group.job[0].name
    launch_template_id = aws_launch_template.job[0].id
    instance_ids       = data.aws_instances.job_group[0].ids
  }
}

output "status" {
  description = "What the agents tell of their instances, by host name, and by instance ID in `job_group`, as of the last refresh: `ready`, `converging`, `degraded CODE` or `failed CODE`; null where nothing was told yet."
  value = merge(
    { (var.frontend_hostname) = lookup(aws_instance.frontend.tags, "slurm-node-agent:status", null) },
    { for index, instance in aws_instance.job :
      module.configuration.jobs[index].hostname => lookup(instance.tags, "slurm-node-agent:status", null)
    },
    { for id in flatten(data.aws_instances.job_group[*].ids) : id => lookup(local.job_group_status, id, null) },
  )
}

output "efs_file_system_id" {
  description = "The EFS file system."
  value       = aws_efs_file_system.this.id
}

output "data_volume_id" {
  description = "The EBS volume that the front end exports."
  value       = aws_ebs_volume.data.id
}

output "security_group_ids" {
  description = "The security groups of the front end, the job servers and the mount targets, for rules of yours."
  value       = local.security_group_ids
}

output "role_names" {
  description = "The IAM roles of the front end and the job servers, for policies of yours."
  value       = { for role, made in aws_iam_role.this : role => made.name }
}

output "fleet_document_name" {
  description = "The document by which Systems Manager runs the agent; null without `fleet`."
  value       = one(aws_ssm_document.fleet[*].name)
}
