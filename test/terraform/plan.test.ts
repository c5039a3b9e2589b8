import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { newestVersion } from '../../src/config/value-schemas.ts'
import { configurationOf, scriptOf } from './boot-script.ts'
import { bodiesOf } from './hcl.ts'
import { bodyAt, encryptedPlan, key, type Plan, plainPlan, plan } from './plan.ts'
import { noTerraform } from './terraform.ts'

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

const options = { skip: noTerraform !== undefined, timeout: 120_000 }

/** All that may be set of what goes into a configuration. */
const everything = {
  cluster_name: 'other',
  frontend_hostname: 'head',
  frontend_packages: ['g++'],
  job_packages: [],
  job_count: 1,
  job_node: { memory_mib: 1000, features: ['t4'], gres: [{ name: 'gpu', file: '/dev/nvidia0' }] },
  state_save_location: '/efs/slurmctld',
  configless: true,
  accounting: { enabled: true, directory: '/srv/accounting/mysql' },
  partitions: [{ name: 'short', nodes: 'job-1', default: true, max_time: '60' }, { name: 'long' }],
  converge_interval_seconds: { frontend: 0, job: 60 },
  efs: {
    mount_point: '/efs',
    client: 'efs-utils',
    utils_package: { x86_64: { url: 'https://example.com/efs-utils.deb', sha256: '3'.repeat(64) } },
    deadline_seconds: 600,
  },
  data_volume: { file_system: 'xfs', mount_point: '/data', device_name: '/dev/sdg', deadline_seconds: 600 },
  nfs: { root_squash: false, threads: 16 },
  users: [{ name: 'ada', uid: 2001, home: '/efs/home/ada' }],
  job_subnet_ids: ['subnet-b-1', 'subnet-a-1'],
}

describe('the configurations', options, () => {
  test('are good where nothing is set', async () => {
    const parsed = parseConfig(configurationOf(bodyAt(await plainPlan(), 'aws_instance.frontend')))
    expect(parsed).toMatchObject({
      is: 'good',
      config: {
        version: newestVersion,
        dataVolume: { volumeId: 'vol-0123456789abcdef0', attach: true },
        nfs: { clients: ['10.0.0.0/24'] },
        statusTag: true,
      },
    })
    // What they have is theirs to tell.
    expect(parsed).toHaveProperty('config.slurm.nodes', [{ name: 'job-[1-4]' }])
    const job = parseConfig(configurationOf(bodyAt(await plainPlan(), 'aws_instance.job[3]')))
    expect(job).toMatchObject({
      is: 'good',
      config: { version: newestVersion, role: 'job', hostname: 'job-4', statusTag: true },
    })
  })

  test('are good where all is set, and have all of it', async () => {
    const made = await plan(everything)
    expect(parseConfig(configurationOf(bodyAt(made, 'aws_instance.frontend')))).toMatchObject({
      is: 'good',
      config: {
        hostname: 'head',
        packages: ['g++'],
        efs: {
          mountPoint: '/efs',
          client: 'efs-utils',
          utilsPackage: { sha256: '3'.repeat(64) },
          deadlineSeconds: 600,
        },
        dataVolume: { deviceName: '/dev/sdg', fileSystem: 'xfs', mountPoint: '/data', deadlineSeconds: 600 },
        nfs: { clients: ['10.0.1.0/24', '10.0.0.0/24'], rootSquash: false, threads: 16 },
        slurm: {
          clusterName: 'other',
          stateSaveLocation: '/efs/slurmctld',
          nodes: [
            {
              name: 'job-1',
              memoryMiB: 1000,
              features: ['t4'],
              gres: [{ name: 'gpu', file: '/dev/nvidia0' }],
            },
          ],
          configless: true,
          partitions: [
            { name: 'short', nodes: 'job-1', default: true, maxTime: '60' },
            { name: 'long', nodes: 'ALL', default: false, maxTime: 'INFINITE' },
          ],
        },
        accounting: { enabled: true, directory: '/srv/accounting/mysql' },
        users: [{ name: 'ada', uid: 2001, home: '/efs/home/ada' }],
        convergeIntervalSeconds: 0,
      },
    })
    expect(parseConfig(configurationOf(bodyAt(made, 'aws_instance.job[0]')))).toMatchObject({
      is: 'good',
      config: {
        role: 'job',
        hostname: 'job-1',
        packages: [],
        efs: { mountPoint: '/efs', client: 'efs-utils' },
        nfs: { mountPoint: '/data' },
        slurm: { configless: true },
        users: [{ name: 'ada', uid: 2001, home: '/efs/home/ada' }],
        convergeIntervalSeconds: 60,
      },
    })
  })

  test('are compressed where they are too long for EC2', async () => {
    const names = Array.from({ length: 1500 }, (_, index) => `package-${index}`)
    const instance = bodyAt(await plan({ frontend_packages: names }), 'aws_instance.frontend')
    expect(Buffer.from(String(instance['user_data_base64']), 'base64').length).toBeLessThan(16_384)
    expect(scriptOf(instance)).toMatch(/^#cloud-boothook\n#!\/bin\/sh\n/)
    expect(parseConfig(configurationOf(instance))).toMatchObject({ is: 'good', config: { packages: names } })
  })
})

/** From where, to where, and to which ports, a line each. */
function rulesOf(made: Plan, direction: 'egress' | 'ingress'): readonly string[] {
  const rules = Object.entries(made).filter(([address]) =>
    address.startsWith(`aws_vpc_security_group_${direction}_rule.`),
  )
  return rules
    .map(([, rule]) => {
      const here = group(rule['security_group_id'])
      const there = group(rule['referenced_security_group_id'] ?? rule['cidr_ipv4'])
      const [from, to] = direction === 'ingress' ? [there, here] : [here, there]
      return `${from} -> ${to} ${String(rule['ip_protocol'])} ${String(rule['from_port'])}-${String(rule['to_port'])}`
    })
    .toSorted((one, other) => one.localeCompare(other))
}

function group(id: unknown): string {
  return String(id).replace(/^aws_security_group\./, '')
}

describe('the security groups', options, () => {
  const inside = [
    'frontend -> efs tcp 2049-2049',
    'frontend -> job tcp 61001-63000',
    'frontend -> job tcp 6818-6818',
    'job -> efs tcp 2049-2049',
    'job -> frontend tcp 2049-2049',
    'job -> frontend tcp 61001-63000',
    'job -> frontend tcp 6817-6817',
    'job -> job tcp 61001-63000',
    'job -> job tcp 6818-6818',
  ]
  const web = ['frontend', 'job'].flatMap((from) => [80, 443].map((port) => `${from} -> 0.0.0.0/0 tcp ${port}-${port}`))

  test('let nothing in from the world, and the cluster only what it needs', async () => {
    const made = await plainPlan()
    expect(new Set(rulesOf(made, 'ingress'))).toEqual(new Set(inside))
    expect(new Set(rulesOf(made, 'egress'))).toEqual(new Set([...inside, ...web]))
  })

  test('let the job servers ask slurmdbd where there is one', async () => {
    const dbd = 'job -> frontend tcp 6819-6819'
    const made = await plan({ accounting: { enabled: true } })
    expect(new Set(rulesOf(made, 'ingress'))).toEqual(new Set([...inside, dbd]))
    expect(new Set(rulesOf(made, 'egress'))).toEqual(new Set([...inside, dbd, ...web]))
    expect(rulesOf(await plan({ accounting: { enabled: false } }), 'ingress')).not.toContain(dbd)
  })

  test('let SSH in from where it is given, and srun in its ports', async () => {
    const made = await plan({ ssh_cidrs: ['192.0.2.0/24'], egress_cidrs: [], srun_ports: { from: 60001, to: 61000 } })
    const other = inside.map((rule) => rule.replace('61001-63000', '60001-61000'))
    expect(new Set(rulesOf(made, 'ingress'))).toEqual(new Set([...other, '192.0.2.0/24 -> frontend tcp 22-22']))
    expect(new Set(rulesOf(made, 'egress'))).toEqual(new Set(other))
  })
})

test('instances show credentials only to IMDSv2 within one hop, and all disks are encrypted', options, async () => {
  const made = await encryptedPlan()
  const instances = Object.entries(made).filter(([address]) => address.startsWith('aws_instance.'))
  expect(instances).toHaveLength(5)
  for (const [, instance] of instances) {
    expect(instance).toMatchObject({
      user_data_replace_on_change: false,
      metadata_options: [{ http_endpoint: 'enabled', http_tokens: 'required', http_put_response_hop_limit: 1 }],
    })
    expect(bodiesOf(instance['root_block_device'])).toMatchObject([
      { encrypted: true, kms_key_id: key, volume_type: 'gp3' },
    ])
  }
  const disk = { encrypted: true, kms_key_id: key }
  expect(made).toMatchObject({ 'aws_ebs_volume.data': { ...disk, type: 'gp3' }, 'aws_efs_file_system.this': disk })
})

test('the front end and its volume are in the zone of the first subnet', options, async () => {
  const made = await plan({ subnet_ids: ['subnet-b', 'subnet-a'] })
  expect(made).toMatchObject({
    'aws_ebs_volume.data': { availability_zone: 'b' },
    'aws_network_interface.frontend': { subnet_id: 'subnet-b' },
    'aws_instance.job[3]': { subnet_id: 'subnet-b' },
    'aws_efs_mount_target.this[1]': { subnet_id: 'subnet-a' },
  })
})

describe('the front end', options, () => {
  test('has an interface that is not its own, so that the next one has the same address', async () => {
    const made = await plainPlan()
    const frontend = bodyAt(made, 'aws_instance.frontend')
    expect(frontend).toMatchObject({ primary_network_interface: [{ network_interface_id: 'eni-0123456789abcdef0' }] })
    // The provider takes none of them beside it.
    const ofInterface = ['associate_public_ip_address', 'private_ip', 'subnet_id', 'vpc_security_group_ids']
    expect(ofInterface.filter((name) => name in frontend)).toEqual([])
    expect(made).toMatchObject({
      'aws_network_interface.frontend': {
        subnet_id: 'subnet-a',
        private_ips: null,
        security_groups: ['aws_security_group.frontend'],
      },
      'output.frontend': { private_ip: '10.0.0.1', public_ip: null },
    })
  })

  test('has the addresses that are asked for', async () => {
    const made = await plan({ frontend_private_ip: '10.0.0.7', frontend_public_ip: true })
    expect(made).toMatchObject({
      'aws_network_interface.frontend': { private_ips: ['10.0.0.7'] },
      'aws_eip.frontend[0]': { network_interface: 'eni-0123456789abcdef0' },
      'output.frontend': { public_ip: '192.0.2.1' },
    })
  })

  test('has no public address where that is said, also in a subnet that gives them', async () => {
    const made = await plan({ subnet_ids: ['subnet-a-public'], frontend_public_ip: false })
    expect(made).toHaveProperty(['aws_network_interface.frontend', 'subnet_id'], 'subnet-a-public')
    expect(made).not.toHaveProperty(['aws_eip.frontend[0]'])
  })
})

test('each role gets the Node and the helper for EFS of its processor', options, async () => {
  const node = (architecture: string, digit: string) => ({
    [architecture]: { url: `https://example.com/${architecture}.tar.xz`, sha256: digit.repeat(64) },
  })
  const both = { ...node('x86_64', '2'), ...node('arm64', '3') }
  const made = await plan({ job_instance_type: 'c7g.large', node: both, efs: { utils_package: both } })
  expect(scriptOf(bodyAt(made, 'aws_instance.frontend'))).toContain("--node-url 'https://example.com/x86_64.tar.xz'")
  expect(scriptOf(bodyAt(made, 'aws_instance.job[0]'))).toContain("--node-url 'https://example.com/arm64.tar.xz'")
  expect(configurationOf(bodyAt(made, 'aws_instance.frontend'))).toContain('https://example.com/x86_64.tar.xz')
  expect(configurationOf(bodyAt(made, 'aws_instance.job[0]'))).toContain('https://example.com/arm64.tar.xz')
  expect(made).toMatchObject({
    'aws_instance.frontend': { ami: 'ami-x86_64' },
    'aws_instance.job[0]': { ami: 'ami-arm64' },
  })
})
