import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { configurationOf, scriptOf } from './boot-script.ts'
import { bodyAt, least, type Plan, planExample } from './plan.ts'
import { noTerraform } from './terraform.ts'

const options = { skip: noTerraform !== undefined, timeout: 120_000 }

const arm64 = { url: 'https://example.com/node-arm64.tar.xz', sha256: '3'.repeat(64) }

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

describe('the examples', options, () => {
  // Any file is a release here.
  const file = { agent_file: fileURLToPath(import.meta.url) }
  const releaseUrl = /'https:\/\/release\.s3\.eu-west-1\.amazonaws\.com\/slurm-node-agent-[0-9a-f]{64}\.tar\.gz'/

  /** Whose instances may fetch the release. */
  const readers = (made: Plan): unknown => {
    const { policy } = bodyAt(made, 'module.release.aws_s3_bucket_policy.this')
    return JSON.parse(String(policy))
  }
  const through = (endpoint: string) => ({
    Statement: [
      { Action: ['s3:GetObject'], Effect: 'Allow', Condition: { StringEquals: { 'aws:SourceVpce': endpoint } } },
    ],
  })

  test('minimal gives a cluster in the first zone that has its instance types, whose release is in its bucket', async () => {
    const made = await planExample('minimal', { node: least.node, ...file })
    const frontend = bodyAt(made, 'module.cluster.aws_instance.frontend')
    expect(parseConfig(configurationOf(frontend))).toMatchObject({ is: 'good' })
    expect(scriptOf(frontend)).toMatch(releaseUrl)
    expect(bodyAt(made, 'module.cluster.aws_ebs_volume.data')).toMatchObject({ availability_zone: 'b' })
    expect(bodyAt(made, 'module.cluster.aws_efs_mount_target.this[0]')).toMatchObject({ subnet_id: 'subnet-b' })
    expect(made).not.toHaveProperty(['module.cluster.aws_efs_mount_target.this[1]'])
    expect(bodyAt(made, 'module.release.aws_vpc_endpoint.s3[0]')).toMatchObject({
      service_name: 'com.amazonaws.eu-west-1.s3',
      route_table_ids: ['rtb-0123456789abcdef0'],
    })
    expect(readers(made)).toMatchObject(through('vpce-0123456789abcdef0'))
  })

  test('minimal takes the endpoint for S3 that is there', async () => {
    const made = await planExample('minimal', { node: least.node, ...file, s3_endpoint_id: 'vpce-1' })
    expect(made).not.toHaveProperty(['module.release.aws_vpc_endpoint.s3[0]'])
    expect(readers(made)).toMatchObject(through('vpce-1'))
  })

  test('minimal says what makes a release that is not there', async () => {
    const refused = planExample('minimal', { node: least.node, agent_file: '/nowhere/slurm-node-agent.tar.gz' })
    await expect(refused).rejects.toThrow('npm run release makes dist/slurm-node-agent.tar.gz')
  })

  test('complete gives a group of job servers on ARM, in the first zone that has them', async () => {
    const made = await planExample('complete', { node: { ...least.node, arm64 }, ...file })
    const frontend = bodyAt(made, 'module.cluster.aws_instance.frontend')
    expect(parseConfig(configurationOf(frontend))).toMatchObject({ is: 'good' })
    expect(scriptOf(frontend)).toMatch(releaseUrl)
    expect(bodyAt(made, 'module.cluster.aws_launch_template.job[0]')).toMatchObject({
      image_id: 'ami-arm64',
      vpc_security_group_ids: ['aws_security_group.job', 'aws_security_group.mpi'],
    })
    expect(bodyAt(made, 'module.cluster.aws_autoscaling_group.job[0]')).toMatchObject({
      min_size: 2,
      max_size: 8,
      vpc_zone_identifier: ['subnet-b'],
    })
    expect(bodyAt(made, 'module.cluster.aws_efs_mount_target.this[1]')).toMatchObject({ subnet_id: 'subnet-c' })
  })
})
