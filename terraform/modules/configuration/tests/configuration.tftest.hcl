# Run by `terraform init && terraform test` in the folder above. Needs no provider and no network. What is compared is
# compared as JSON: to Terraform a list and a tuple of the same things are not equal.

variables {
  cluster_name              = "slurm-cluster"
  frontend_hostname         = "frontend-server"
  job_count                 = 2
  partitions                = [{ name = "main" }]
  frontend_packages         = ["git"]
  job_packages              = ["make"]
  efs                       = { file_system_id = "fs-0123456789abcdef0" }
  nfs                       = { clients = ["10.0.0.0/24"], root_squash = true }
  converge_interval_seconds = { frontend = 300, job = 60 }
  data_volume = {
    volume_id   = "vol-0123456789abcdef0"
    device_name = "/dev/sdf"
    file_system = "ext4"
    mount_point = "/mnt/shared"
  }
}

run "what_is_not_given_is_left_to_the_agent" {
  command = plan

  assert {
    condition = jsonencode(output.frontend) == jsonencode({
      version  = 1
      role     = "frontend"
      hostname = "frontend-server"
      packages = ["git"]
      efs      = { fileSystemId = "fs-0123456789abcdef0" }
      dataVolume = {
        volumeId   = "vol-0123456789abcdef0"
        deviceName = "/dev/sdf"
        attach     = true
        fileSystem = "ext4"
        mountPoint = "/mnt/shared"
      }
      nfs = { clients = ["10.0.0.0/24"], rootSquash = true }
      slurm = {
        clusterName = "slurm-cluster"
        nodes       = [{ name = "job-[1-2]" }]
        partitions  = [{ name = "main", nodes = "ALL", default = false, maxTime = "INFINITE" }]
      }
      users                   = []
      convergeIntervalSeconds = 300
      statusTag               = true
    })
    error_message = "The front end's configuration is another one: ${jsonencode(output.frontend)}"
  }
}

run "each_job_server_has_a_name_of_its_own" {
  command = plan

  assert {
    condition = jsonencode(output.jobs) == jsonencode([for hostname in ["job-1", "job-2"] : {
      version                 = 1
      role                    = "job"
      hostname                = hostname
      packages                = ["make"]
      efs                     = { fileSystemId = "fs-0123456789abcdef0" }
      nfs                     = { mountPoint = "/mnt/shared" }
      users                   = []
      convergeIntervalSeconds = 60
      statusTag               = true
    }])
    error_message = "The job servers' configurations are other ones: ${jsonencode(output.jobs)}"
  }
}

run "job_servers_of_one_user_data_share_the_names" {
  command = plan

  assert {
    condition     = jsonencode(output.job_group) == jsonencode(merge(output.jobs[0], { hostname = "job-[1-2]" }))
    error_message = "The configuration is another one: ${jsonencode(output.job_group)}"
  }
}

run "what_is_given_arrives" {
  command = plan

  variables {
    job_count = 1
    job_node = {
      cpus       = 2
      memory_mib = 3800
      features   = ["t4"]
      gres       = [{ name = "gpu", type = "t4", file = "/dev/nvidia0" }, { name = "tape", count = 2 }]
    }
    state_save_location = "/mnt/work/slurmctld"
    configless          = true
    accounting          = { enabled = true, directory = "/srv/accounting/mysql" }
    efs = {
      file_system_id = "fs-0123456789abcdef0"
      mount_point    = "/efs"
      client         = "efs-utils"
      utils_package = {
        frontend = { url = "https://example.com/a.deb", sha256 = "00" }
        job      = { url = "https://example.com/b.deb", sha256 = "11" }
      }
      deadline_seconds = 60
    }
    nfs = { clients = ["10.0.0.0/24"], root_squash = false, threads = 16 }
    users = [
      { name = "ada", uid = 2001, home = "/efs/ada" },
      { name = "ben", uid = 2002, gid = 3000, home = "/efs/ben" },
    ]
  }

  assert {
    condition = jsonencode(output.frontend.users) == jsonencode([
      { name = "ada", uid = 2001, home = "/efs/ada" },
      { name = "ben", uid = 2002, gid = 3000, home = "/efs/ben" },
    ]) && jsonencode(output.jobs[0].users) == jsonencode(output.frontend.users)
    error_message = "The users are other ones: ${jsonencode(output.frontend.users)}"
  }

  assert {
    condition = output.frontend.efs == {
      fileSystemId    = "fs-0123456789abcdef0"
      mountPoint      = "/efs"
      client          = "efs-utils"
      utilsPackage    = { url = "https://example.com/a.deb", sha256 = "00" }
      deadlineSeconds = 60
      } && output.jobs[0].efs == merge(output.frontend.efs, {
        utilsPackage = { url = "https://example.com/b.deb", sha256 = "11" }
    })
    error_message = "The settings of EFS are other ones: ${jsonencode(output.frontend.efs)}"
  }

  assert {
    condition     = output.frontend.nfs.threads == 16 && !output.frontend.nfs.rootSquash
    error_message = "The settings of NFS are other ones: ${jsonencode(output.frontend.nfs)}"
  }

  assert {
    condition     = output.frontend.slurm.stateSaveLocation == "/mnt/work/slurmctld"
    error_message = "slurmctld's state is somewhere else."
  }

  assert {
    condition     = output.frontend.slurm.configless && output.jobs[0].slurm.configless
    error_message = "slurm.conf is not fetched from slurmctld."
  }

  assert {
    condition     = output.frontend.accounting == { enabled = true, directory = "/srv/accounting/mysql" }
    error_message = "The accounting is another one: ${jsonencode(output.frontend.accounting)}"
  }

  # One job server is no range of them.
  assert {
    condition = jsonencode(output.frontend.slurm.nodes) == jsonencode([{
      name      = "job-1"
      cpus      = 2
      memoryMiB = 3800
      features  = ["t4"]
      gres      = [{ name = "gpu", type = "t4", file = "/dev/nvidia0" }, { name = "tape", count = 2 }]
    }])
    error_message = "The nodes are other ones: ${jsonencode(output.frontend.slurm.nodes)}"
  }

  assert {
    condition     = output.frontend.slurm.nodes[0].name == "job-1"
    error_message = "One job server is no range of them."
  }

  # Only of a range is a name claimed.
  assert {
    condition     = output.job_group.hostname == "job-[1-1]"
    error_message = "One name would be had by every instance: ${output.job_group.hostname}"
  }
}

run "a_mount_point_of_the_system_is_refused" {
  command = plan

  variables {
    data_volume = {
      volume_id   = "vol-0123456789abcdef0"
      device_name = "/dev/sdf"
      file_system = "ext4"
      mount_point = "/var/data"
    }
  }

  expect_failures = [output.frontend]
}

run "mount_points_within_each_other_are_refused" {
  command = plan

  variables {
    data_volume = {
      volume_id   = "vol-0123456789abcdef0"
      device_name = "/dev/sdf"
      file_system = "ext4"
      mount_point = "/mnt/work/data"
    }
  }

  expect_failures = [output.frontend]
}

run "a_mount_point_over_the_agent_is_refused" {
  command = plan

  variables {
    data_volume = {
      volume_id   = "vol-0123456789abcdef0"
      device_name = "/dev/sdf"
      file_system = "ext4"
      mount_point = "/opt"
    }
  }

  expect_failures = [output.frontend]
}

run "a_home_that_is_on_no_volume_is_refused" {
  command = plan

  variables {
    users = [{ name = "ada", uid = 2001, home = "/home/ada" }]
  }

  expect_failures = [output.frontend]
}

run "a_home_where_the_key_is_is_refused" {
  command = plan

  variables {
    users = [{ name = "ada", uid = 2001, home = "/mnt/work/slurm/ada" }]
  }

  expect_failures = [output.frontend]
}

run "a_state_that_is_the_exported_volume_is_refused" {
  command = plan

  variables {
    state_save_location = "/mnt/shared"
  }

  expect_failures = [output.frontend]
}

run "a_state_that_holds_efs_is_refused" {
  command = plan

  variables {
    state_save_location = "/mnt/work"
  }

  expect_failures = [output.frontend]
}

run "a_database_of_the_system_is_refused" {
  command = plan

  variables {
    accounting = { enabled = true, directory = "/var/lib/mysql" }
  }

  expect_failures = [output.frontend]
}

run "a_database_on_efs_is_refused" {
  command = plan

  variables {
    accounting = { enabled = true, directory = "/mnt/work/mysql" }
  }

  expect_failures = [output.frontend]
}

run "what_daemons_keep_may_be_on_the_data_volume" {
  command = plan

  variables {
    accounting          = { enabled = true }
    state_save_location = "/mnt/shared/slurmctld"
  }

  assert {
    condition     = output.frontend.slurm.stateSaveLocation == "/mnt/shared/slurmctld"
    error_message = "slurmctld's state is somewhere else."
  }
}

run "a_partition_of_nodes_that_are_not_there_is_refused" {
  command = plan

  variables {
    partitions = [{ name = "main", nodes = "job-[1-3]" }]
  }

  expect_failures = [output.frontend]
}

run "places_that_lie_apart_are_taken" {
  command = plan

  variables {
    accounting          = { enabled = false, directory = "/mnt/work/mysql" }
    state_save_location = "/mnt/work/slurmctld"
    partitions          = [{ name = "main", nodes = "job-1,job-[1-2]" }]
    users = [
      { name = "ada", uid = 2001, home = "/mnt/work/home/ada" },
      { name = "ben", uid = 2002, home = "/mnt/shared/ben" },
    ]
  }

  assert {
    condition     = output.frontend.slurm.stateSaveLocation == "/mnt/work/slurmctld"
    error_message = "slurmctld's state is somewhere else."
  }
}
