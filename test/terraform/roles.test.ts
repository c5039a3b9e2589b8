import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { bodyAt, encryptedPlan, groupPlan, key, plainPlan, plan, statementsOf } from './plan.ts'
import { noTerraform } from './terraform.ts'

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

const options = { skip: noTerraform !== undefined, timeout: 120_000 }

/** What the agent asks AWS, by the names that IAM has for it. */
async function actionsOfAgent(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../agent/host/aws-sdk.ts', import.meta.url), 'utf8')
  const services = { ec2: 'ec2', efs: 'elasticfilesystem' }
  return Object.entries(services).flatMap(([client, service]) => {
    const [, names = ''] = new RegExp(`\\{([^}]*)\\} from '@aws-sdk/client-${client}'`).exec(text) ?? []
    const calls = names.matchAll(/(\w+)Command\b|\bpaginate(\w+)/g)
    return [...calls].map(([, command, paginated]) => `${service}:${command ?? paginated}`)
  })
}

describe('the roles', options, () => {
  test('allow together what the agent calls', async () => {
    const all = [await plainPlan(), await plan({ job_group: { max_size: 4 } })].flatMap((made) =>
      ['frontend', 'job'].flatMap((role) => statementsOf(made, role)),
    )
    expect(new Set(all.flatMap(({ Action }) => Action))).toEqual(new Set(await actionsOfAgent()))
  })

  test('let the front end find EFS and its volume, attach that and tag itself, and nothing else', async () => {
    const statements = statementsOf(await plainPlan(), 'frontend')
    expect(new Set(statements.flatMap(({ Action }) => Action))).toEqual(
      new Set(['elasticfilesystem:DescribeMountTargets', 'ec2:DescribeVolumes', 'ec2:AttachVolume', 'ec2:CreateTags']),
    )
    // EC2 has this one for no resource.
    const everywhere = statements.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action)
    expect(everywhere).toEqual(['ec2:DescribeVolumes'])
    expect(statements.filter(({ Action }) => Action.includes('ec2:AttachVolume'))).toMatchObject([
      { Resource: ['arn:aws:ec2:eu-west-1:123456789012:volume/vol-0123456789abcdef0'] },
      {
        Resource: ['arn:aws:ec2:eu-west-1:123456789012:instance/*'],
        Condition: {
          StringEquals: { 'aws:ResourceTag/SlurmCluster': 'slurm', 'aws:ResourceTag/SlurmRole': 'frontend' },
        },
      },
    ])
  })

  test('let the instance have the tags that it is known by', async () => {
    const tags = { SlurmRole: 'other', SlurmCluster: 'other' }
    const made = await plan({ name: 'hpc', tags })
    expect(bodyAt(made, 'aws_instance.frontend')['tags']).toMatchObject({ SlurmCluster: 'hpc', SlurmRole: 'frontend' })
    expect(bodyAt(made, 'aws_instance.job[0]')['tags']).toMatchObject({ SlurmCluster: 'hpc', SlurmRole: 'job' })
    const group = bodyAt(await plan({ name: 'hpc', tags, job_group: { max_size: 4 } }), 'aws_autoscaling_group.job[0]')
    expect(group['tag']).toMatchObject([{ value: 'hpc-job' }, { value: 'hpc' }, { value: 'job' }])
  })

  test('let a job server find EFS and tag itself, and nothing else', async () => {
    const statements = statementsOf(await plainPlan(), 'job')
    expect(statements.flatMap(({ Action }) => Action)).toEqual([
      'elasticfilesystem:DescribeMountTargets',
      'ec2:CreateTags',
    ])
  })

  test('let a job server of a group ask who has a name', async () => {
    const statements = statementsOf(await groupPlan(), 'job')
    expect(statements.flatMap(({ Action }) => Action)).toEqual([
      'elasticfilesystem:DescribeMountTargets',
      'ec2:CreateTags',
      'ec2:DescribeInstances',
    ])
    const everywhere = statements.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action)
    expect(everywhere).toEqual(['ec2:DescribeInstances'])
  })

  test.each(['frontend', 'job'])('let the instances of the role %s tag themselves alone, by one key', async (role) => {
    const statements = statementsOf(await plainPlan(), role)
    const instances = 'arn:aws:ec2:eu-west-1:123456789012:instance/'
    expect(statements.filter(({ Action }) => Action.includes('ec2:CreateTags'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['ec2:CreateTags'],
        Resource: [`${instances}*`],
        Condition: {
          ArnEquals: { 'ec2:SourceInstanceARN': `${instances}\${ec2:InstanceID}` },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['slurm-node-agent:status'] },
        },
      },
    ])
  })

  test('let EC2 use a key of the account for the volume', async () => {
    expect(statementsOf(await encryptedPlan(), 'frontend').at(-1)).toMatchObject({
      Action: ['kms:CreateGrant'],
      Resource: [key],
      Condition: {
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
        StringEquals: {
          'kms:ViaService': 'ec2.eu-west-1.amazonaws.com',
          'kms:GrantConstraintType': 'EncryptionContextSubset',
        },
      },
    })
  })
})
