import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { bodiesOf, bodyOf } from './hcl.ts'
import { noTerraform, terraformFolder, terraformIn } from './terraform.ts'

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

interface Places {
  readonly efs?: string
  readonly data?: string
  readonly state?: string
  readonly database?: string
  readonly home?: string
  readonly nodes?: string
}

const any = [
  '/mnt /mnt/work /mnt/work/slurm /mnt/work/slurm/x /mnt/work/x /mnt/workshop/x /mnt/shared/x',
  '/opt /opt/x /opt/slurm-node-agent /opt/slurm-node-agent/x /home /home/x /srv /srv/x',
  '/var /var/x /var/lib/slurm /var/lib/slurm/x /var/spool/slurmctld /var/lib/slurm-accounting /mnt/shared',
  '/bin /boot/x /dev /etc /etcetera/x /lib /lib32 /lib64 /proc /root /run /sbin /snap /sys /tmp /usr',
].flatMap((line) => line.split(' '))

const nodes = [
  'ALL job-1 job-4 job-5 job-0 job-01 job-[1-4] job-[2-5] job-[4-1] job-[01-04]',
  'job-[1,3-4],job-2 job-[1,5] gpu-1 job-1,gpu-1',
].flatMap((line) => line.split(' '))

const cases: readonly Places[] = [
  {},
  ...any.flatMap((place) => [{ efs: place }, { data: place }, { state: place }, { database: place }, { home: place }]),
  { state: '/srv/slurm', database: '/srv/slurm/mysql' },
  { state: '/srv/slurm/state', database: '/srv/slurm/mysql' },
  { state: '/srv/slurm', data: '/srv/slurm/data' },
  { data: '/opt/data', state: '/opt/data/slurmctld', database: '/opt/data/mysql' },
  { data: '/home/data', state: '/home/data/slurmctld', database: '/srv/mysql' },
  { data: '/home/data' },
  { state: '/mnt/shared/ada', home: '/mnt/shared/ada' },
  { home: '/mnt/shared/slurm-accounting/ada' },
  { efs: '/efs', home: '/mnt/work/ada' },
  { efs: '/efs', home: '/efs/ada' },
  { efs: '/efs', state: '/efs/slurmctld' },
  ...nodes.map((list) => ({ nodes: list })),
]

/** What the module of the configurations refuses, by number. */
async function refusedByModule(): Promise<ReadonlySet<string>> {
  await using terraform = await terraformIn()
  const module = {
    source: join(terraformFolder, 'modules/configuration'),
    for_each: Object.fromEntries(cases.map((places, index) => [index, places])),
    cluster_name: 'slurm-cluster',
    frontend_hostname: 'frontend-server',
    job_count: 4,
    frontend_packages: [],
    job_packages: [],
    nfs: { clients: ['10.0.0.0/24'], root_squash: true },
    converge_interval_seconds: { frontend: 300, job: 300 },
    efs: { file_system_id: 'fs-0123456789abcdef0', mount_point: '${lookup(each.value, "efs", null)}' },
    data_volume: {
      volume_id: 'vol-0123456789abcdef0',
      device_name: '/dev/sdf',
      file_system: 'ext4',
      mount_point: '${lookup(each.value, "data", "/mnt/shared")}',
    },
    state_save_location: '${lookup(each.value, "state", null)}',
    accounting: { enabled: true, directory: '${lookup(each.value, "database", null)}' },
    users: '${[for key, place in each.value : { name = "ada", uid = 2001, home = place } if key == "home"]}',
    partitions: [{ name: 'main', nodes: '${lookup(each.value, "nodes", "ALL")}' }],
  }
  await writeFile(join(terraform.scratch, 'main.tf.json'), JSON.stringify({ module: { configuration: module } }))
  await terraform.run('init', '-input=false')
  // A plan with errors is written as well.
  await expect(terraform.run('plan', '-input=false', '-out=plan')).rejects.toThrow('precondition failed')
  const { checks } = bodyOf(JSON.parse(await terraform.run('show', '-json', 'plan')))
  const refused = bodiesOf(checks)
    .flatMap(({ instances }) => bodiesOf(instances))
    .filter(({ status }) => status !== 'pass')
    .map(({ address }) => /\["(\d+)"\]/.exec(String(bodyOf(address)['to_display']))?.[1] ?? '')
  return new Set(refused)
}

function isRefusedByAgent({ efs, data, state, database, home, nodes: list }: Places): boolean {
  const config = {
    role: 'frontend',
    efs: { fileSystemId: 'fs-0123456789abcdef0', mountPoint: efs },
    dataVolume: { volumeId: 'vol-0123456789abcdef0', mountPoint: data },
    slurm: {
      stateSaveLocation: state,
      nodes: [{ name: 'job-[1-4]' }],
      partitions: [{ name: 'main', nodes: list }],
    },
    accounting: { enabled: true, directory: database },
    users: home === undefined ? [] : [{ name: 'ada', uid: 2001, home }],
  }
  return parseConfig(JSON.stringify(config)).is !== 'good'
}

test.skipIf(noTerraform !== undefined)(
  'the module refuses the places and nodes that the agent refuses, and no others',
  { timeout: 120_000 },
  async () => {
    const refused = await refusedByModule()
    expect(cases.filter((_, index) => refused.has(String(index)))).toEqual(cases.filter(isRefusedByAgent))
  },
)
