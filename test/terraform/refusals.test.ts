import { ExecaError } from 'execa'
import { describe, expect, test } from 'vitest'
import type { Body } from './hcl.ts'
import { least, plan } from './plan.ts'
import { noTerraform } from './terraform.ts'

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

const options = { skip: noTerraform !== undefined, timeout: 120_000 }

/** What terraform says, in one line. */
async function refusalOf(variables: Body): Promise<string> {
  return await plan(variables).then(
    () => 'planned',
    (error: unknown) => (error instanceof ExecaError ? String(error.stderr).replaceAll(/[\s│]+/g, ' ') : String(error)),
  )
}

describe('what cannot be is refused while it is planned', options, () => {
  test.each([
    [
      'of the first values',
      {
        subnet_ids: [],
        job_count: 1.5,
        frontend_hostname: 'a.b',
        ssh_cidrs: ['anywhere'],
        data_volume: {
          file_system: 'zfs',
          device_name: '/dev/nvme1n1',
          mount_point: '/',
          size_gib: 0,
          deadline_seconds: 86_401,
        },
        efs: {
          mount_point: 'work',
          client: 'smb',
          utils_package: { amd64: { url: 'https://example.com/a.deb?key=1', sha256: 'latest' } },
          deadline_seconds: 9,
        },
        nfs: { threads: 0 },
        state_save_location: '/mnt/work/',
        accounting: { enabled: true, directory: '/srv/../etc' },
        converge_interval_seconds: { frontend: 1.5, job: 604_801 },
        job_packages: ['a b'],
        partitions: [
          { name: 'a', default: true, nodes: 'job 1' },
          { name: 'b', default: true, max_time: '1d' },
          { name: 'default' },
        ],
        srun_ports: { from: 6000, to: 5000 },
        cluster_name: 'Upper',
        job_node: { cpus: 0, memory_mib: 1.5, features: ['gpu t4'], gres: [{ name: 'gpu', count: 1 }] },
        users: [{ name: 'Ada', uid: 0, home: 'ada' }],
        node: { sparc: least.node.x86_64 },
        fleet: { schedule: 'daily', command: 'reboot', max_concurrency: '0', max_errors: '101%', output_bucket: 'A' },
      },
      [
        'subnet_ids must name at least one subnet',
        'job_count must be a whole number',
        'frontend_hostname must be one label',
        'ssh_cidrs must be IPv4 networks',
        'data_volume.file_system must be "ext4" or "xfs"',
        'data_volume.device_name must be a device name',
        'data_volume.mount_point must be an absolute path',
        'data_volume.size_gib must be a whole number',
        'efs.mount_point must be an absolute path',
        'efs.client must be',
        'efs.utils_package must have the keys x86_64, arm64 or both',
        'efs.utils_package must have an https URL of a file',
        'efs.utils_package must have a sha256 of 64 hexadecimal digits',
        'efs.utils_package must not be given with an efs.client',
        'efs.deadline_seconds must be a whole number from 10 to 86400',
        'data_volume.deadline_seconds must be a whole number from 10 to 86400',
        'nfs.threads must be a whole number from 1 to 1024',
        'state_save_location must be an absolute path',
        'accounting.directory must be an absolute path',
        'converge_interval_seconds must be whole numbers from 0 to 604800',
        'job_packages must be names of Debian packages',
        'partitions must have one default at most',
        'partitions must have each name once',
        'partitions must have nodes by their names',
        'partitions must have a max_time as Slurm takes it',
        'srun_ports must run upwards',
        'cluster_name must begin with a lower-case letter',
        'job_node.cpus must be a whole number from 1 to 65535',
        'job_node.memory_mib must be a whole number from 1 to 100000000',
        'job_node.features must be names',
        'job_node.gres must have the device file of a gpu',
        'users must have names of lower-case letters',
        'users must have a uid and a gid, if any, that are whole numbers from 1000 to 60000',
        'users must have a home that is an absolute path',
        'node must have the keys x86_64, arm64 or both',
        'fleet.schedule must be a cron or a rate expression',
        'fleet.command must be "plan" or "apply"',
        'fleet.max_concurrency must be a number or a part of all',
        'fleet.max_errors must be a number or a part of all',
        'fleet.output_bucket must be the name of an S3 bucket',
      ],
    ],
    [
      'of other values',
      {
        job_count: 0,
        frontend_hostname: 'job-1',
        egress_cidrs: ['::/0'],
        frontend_ami_id: 'ubuntu',
        job_ami_id: 'AMI-1',
        root_volume_gib: { frontend: 7 },
        kms_key_arn: 'arn:aws:kms:us-east-1:123456789012:alias/slurm',
        partitions: [],
        frontend_packages: ['git', 'git'],
        name: 'a_b',
        job_node: {
          features: ['t4', 't4'],
          gres: [{ name: 'Tape', type: '2nd', count: 0, file: '/dev/../etc/shadow' }],
        },
        users: [
          { name: 'ada', uid: 2001, gid: 100, home: '/mnt/work/ada' },
          { name: 'ben', uid: 2001, home: '/mnt/work/ben' },
        ],
      },
      [
        'job_count must be a whole number',
        "frontend_hostname must not be one of the job servers'",
        'egress_cidrs must be IPv4 networks',
        'frontend_ami_id must be the ID of an AMI',
        'job_ami_id must be the ID of an AMI',
        'root_volume_gib must be whole numbers of GiB from 8',
        'kms_key_arn must be the ARN of a key, and not of an alias',
        'partitions must have one at least',
        'frontend_packages must be names of Debian packages, each once',
        'name must begin with a lower-case letter',
        'job_node.features must be names that begin with a letter',
        'job_node.gres must have names of lower-case letters',
        'job_node.gres must have counts, if any, that are whole numbers',
        'job_node.gres must have files, if any, that are devices',
        'users must have a uid and a gid, if any, that are whole numbers',
        'users must have each name and each uid once',
      ],
    ],
    [
      'of places',
      {
        efs: { mount_point: '/srv' },
        data_volume: { mount_point: '/srv/data' },
        users: [{ name: 'ada', uid: 2001, home: '/mnt/work/ada' }],
        state_save_location: '/etc/slurm',
        accounting: { enabled: true, directory: '/var/lib/mysql' },
        partitions: [{ name: 'main', nodes: 'job-[1-5]' }],
      },
      [
        'These must lie apart: efs.mount_point and data_volume.mount_point, /srv and /srv/data.',
        'users must have homes below efs.mount_point or data_volume.mount_point, /srv or /srv/data: ada.',
        'state_save_location must be a directory of its own',
        'accounting.directory must be /var/lib/slurm-accounting, or a directory of its own',
        'partitions must have nodes of the job servers, job-1 to job-4: main.',
      ],
    ],
    [
      'of the places of the system',
      { efs: { mount_point: '/etc' } },
      ['efs.mount_point and data_volume.mount_point must not be in a system directory: /etc, /mnt/shared.'],
    ],
    [
      'of a group',
      { job_group: { max_size: 0, min_size: 1.5, desired_capacity: 2 } },
      [
        'job_group.max_size must be a whole number from 1 to 1000',
        'job_group.min_size must be a whole number from 0 to max_size',
        'job_group.desired_capacity must be a whole number from min_size to max_size',
      ],
    ],
    [
      'of a group beside single job servers',
      { job_count: 2, job_group: { max_size: 4 } },
      ['job_count and job_group are two ways to have job servers'],
    ],
    [
      'of processors',
      { job_instance_type: 'c7g.large' },
      ['node has no tarball for the processor of c7g.large: arm64'],
    ],
    [
      'of a processor without its .deb',
      {
        efs: {
          client: 'efs-utils',
          utils_package: { arm64: { url: 'https://example.com/a.deb', sha256: '3'.repeat(64) } },
        },
      },
      ['efs.utils_package has no .deb for the processor of m6i.large', 'for the processor of c6i.large'],
    ],
    [
      'of a name that a security group cannot have',
      { name: 'sg-1', job_node: { gres: [{ name: 'tape', type: 'no_consume' }] } },
      ['name must not be "sg" or begin with "sg-"', 'not "no_consume"'],
    ],
    [
      'of public subnets',
      { subnet_ids: ['subnet-a-public'] },
      ['gives instances public addresses, but not the front end', 'set frontend_public_ip to true, or to false'],
    ],
    [
      'of mount targets',
      { subnet_ids: ['subnet-a', 'subnet-a-2'] },
      ['subnet_ids must be in an availability zone each, as EFS has one mount target in each; they are in a, a'],
    ],
    [
      'of zones',
      { job_subnet_ids: ['subnet-c'] },
      ['job_subnet_ids must be in the availability zones of subnet_ids: a, b'],
    ],
    [
      'of zones of a group',
      { job_subnet_ids: ['subnet-a', 'subnet-c'], job_group: { max_size: 4 } },
      ['job_subnet_ids must be in the availability zones of subnet_ids: a, b'],
    ],
  ])('%s', async (_what, variables, problems) => {
    const refusal = await refusalOf(variables)
    expect(problems.filter((problem) => !refusal.includes(problem))).toEqual([])
  })
})
