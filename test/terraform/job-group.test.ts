import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { configurationOf } from './boot-script.ts'
import { bodyAt, groupPlan, key, plainPlan, plan } from './plan.ts'
import { noTerraform } from './terraform.ts'

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

describe('job servers in a group', { skip: noTerraform !== undefined, timeout: 120_000 }, () => {
  test('stand in the place of single ones', async () => {
    const instances = Object.keys(await groupPlan()).filter((address) => address.startsWith('aws_instance.'))
    expect(instances).toEqual(['aws_instance.frontend'])
    const plain = Object.keys(await plainPlan())
    expect(plain.filter((address) => /aws_(?:autoscaling_group|launch_template|instances)/.test(address))).toEqual([])
  })

  test('have one configuration, with the names that the front end has for as many as there may be', async () => {
    const made = await groupPlan()
    expect(parseConfig(configurationOf(bodyAt(made, 'aws_launch_template.job[0]')))).toMatchObject({
      is: 'good',
      config: { role: 'job', hostname: 'job-[1-4]', statusTag: true },
    })
    expect(parseConfig(configurationOf(bodyAt(made, 'aws_instance.frontend')))).toMatchObject({
      is: 'good',
      config: { slurm: { nodes: [{ name: 'job-[1-4]' }] } },
    })
  })

  test('claim their name where there may be one alone', async () => {
    const made = await plan({ job_group: { max_size: 1 } })
    expect(parseConfig(configurationOf(bodyAt(made, 'aws_launch_template.job[0]')))).toMatchObject({
      is: 'good',
      config: { hostname: 'job-[1-1]' },
    })
  })

  test('are as safe as single ones', async () => {
    const made = await groupPlan()
    expect(bodyAt(made, 'aws_launch_template.job[0]')).toMatchObject({
      image_id: 'ami-x86_64',
      vpc_security_group_ids: ['aws_security_group.job'],
      iam_instance_profile: [{ name: 'aws_iam_instance_profile.this' }],
      metadata_options: [{ http_endpoint: 'enabled', http_tokens: 'required', http_put_response_hop_limit: 1 }],
      block_device_mappings: [
        {
          device_name: '/dev/sda1',
          ebs: [{ encrypted: true, kms_key_id: key, volume_type: 'gp3', volume_size: 30, delete_on_termination: true }],
        },
      ],
    })
  })

  test('have the tags of the cluster, with their disks', async () => {
    const made = await groupPlan()
    expect(bodyAt(made, 'aws_autoscaling_group.job[0]')['tag']).toEqual([
      { key: 'Name', value: 'slurm-job', propagate_at_launch: true },
      { key: 'SlurmCluster', value: 'slurm', propagate_at_launch: true },
      { key: 'SlurmRole', value: 'job', propagate_at_launch: true },
    ])
    expect(bodyAt(made, 'aws_launch_template.job[0]')['tag_specifications']).toEqual([
      { resource_type: 'volume', tags: { Name: 'slurm-job', SlurmCluster: 'slurm' } },
    ])
  })

  test('are replaced for no change, and taken away by no one who does not name them', async () => {
    const group = bodyAt(await groupPlan(), 'aws_autoscaling_group.job[0]')
    expect(group).toMatchObject({
      min_size: 1,
      max_size: 4,
      desired_capacity: 2,
      launch_template: [{ id: 'lt-0123456789abcdef0', version: 1 }],
      protect_from_scale_in: true,
      suspended_processes: ['AZRebalance'],
    })
    expect(group).not.toHaveProperty('instance_refresh')
    expect(group).not.toHaveProperty('max_instance_lifetime')
  })

  test('are in the subnets of job servers', async () => {
    const made = await plan({ job_group: { max_size: 4 }, job_subnet_ids: ['subnet-b-1', 'subnet-a-1'] })
    expect(bodyAt(made, 'aws_autoscaling_group.job[0]')).toMatchObject({
      vpc_zone_identifier: ['subnet-b-1', 'subnet-a-1'],
      min_size: 0,
    })
  })

  test('are told of by their IDs', async () => {
    const made = await groupPlan()
    expect(bodyAt(made, 'output.job_group')).toEqual({
      name: 'aws_autoscaling_group.job',
      launch_template_id: 'lt-0123456789abcdef0',
      instance_ids: ['i-0000000000000000a', 'i-0000000000000000b'],
    })
    expect(bodyAt(made, 'output.status')).toEqual({
      'frontend-server': null,
      'i-0000000000000000a': 'ready',
      'i-0000000000000000b': null,
    })
    expect(bodyAt(made, 'output.jobs')).toEqual({})
  })
})
