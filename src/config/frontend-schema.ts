import * as z from 'zod/mini'
import { efs } from './efs-schema.ts'
import { exportClient } from './export-client.ts'
import * as grammar from './grammar.ts'
import { users } from './users-schema.ts'
import { convergeIntervalSeconds, deadlineSeconds, flag, roleProblem, version } from './value-schemas.ts'

const dataVolume = z
  .strictObject(
    {
      volumeId: z.optional(grammar.volumeId),
      /** As given to EC2 when the volume is attached. */
      deviceName: z.optional(grammar.deviceName),
      /** Whether the agent attaches the volume itself. */
      attach: z._default(flag, false),
      /** The number of a partition that is to be mounted; without it, the whole disk. */
      partition: z.optional(grammar.partitionNumber),
      fileSystem: z._default(z.enum(['ext4', 'xfs'], 'must be "ext4" or "xfs"'), 'ext4'),
      mountPoint: z._default(grammar.absolutePath, '/mnt/shared'),
      deadlineSeconds: z._default(deadlineSeconds, 300),
    },
    'must be an object with a volumeId or a deviceName',
  )
  // For the JSON Schema alone; what is checked is in coherence.ts.
  .check(z.meta({ anyOf: [{ required: ['volumeId'] }, { required: ['deviceName'] }] }))

const nfs = z.strictObject({
  /** Without it, the IPv4 networks of the VPC. */
  clients: z.optional(z.array(exportClient).check(z.minLength(1, 'must name at least one client'))),
  allowAnyClient: z._default(flag, false),
  rootSquash: z._default(flag, true),
  /** NFSv3 beside NFSv4; it alone needs rpcbind and rpc.statd, which listen on ports of their own. */
  v3: z._default(flag, false),
  /** Of the server; without it, by the number of CPUs. */
  threads: z.optional(grammar.whole(1, 1024, 'threads')),
})

const port = grammar.port

/** With the keys of gres.conf. */
const gres = z.strictObject({
  name: grammar.gresName,
  type: z.optional(grammar.gresType),
  /** Without it, as many as files, or one. */
  count: z.optional(grammar.whole(1, 4_294_967_295, 'units')),
  file: z.optional(grammar.deviceFiles),
})

const node = z.strictObject({
  name: grammar.nodeNames,
  /** Without it, what the node itself tells. */
  cpus: z.optional(grammar.whole(1, 65_535, 'CPUs')),
  /** Without it, 95 % of what the node itself tells: a new kernel may leave less. */
  memoryMiB: z.optional(grammar.whole(1, 100_000_000, 'MiB')),
  features: z.optional(z.array(grammar.slurmName)),
  gres: z.optional(z.array(gres)),
})

const partition = z.strictObject({
  name: grammar.slurmName,
  nodes: z._default(z.union([z.literal('ALL'), grammar.nodeNames], 'must be "ALL" or node names'), 'ALL'),
  default: z._default(flag, false),
  maxTime: z._default(grammar.slurmTime, 'INFINITE'),
})

/** Outside of what Linux hands out by itself (ip_local_port_range), so that a firewall can let these alone in. */
const srunPorts = z.strictObject({ from: z._default(port, 61_001), to: z._default(port, 63_000) })

const slurm = z.strictObject({
  clusterName: z._default(grammar.clusterName, 'slurm-cluster'),
  stateSaveLocation: z._default(grammar.absolutePath, '/var/lib/slurm/slurmctld'),
  nodes: z._default(z.array(node).check(z.minLength(1, 'must have at least one entry')), [
    { name: 'job-[1-4]', cpus: 2, memoryMiB: 3800 },
  ]),
  /** On which srun listens for its tasks. */
  srunPorts: z.prefault(srunPorts, {}),
  /** Whether slurmctld hands out slurm.conf to the slurmds that ask it. */
  configless: z._default(flag, false),
  partitions: z._default(z.array(partition).check(z.minLength(1, 'must have at least one entry')), [
    { name: 'main', nodes: 'ALL', default: true, maxTime: 'INFINITE' },
  ]),
})

/** slurmdbd with a MariaDB of this machine. */
const accounting = z.strictObject({
  enabled: z._default(flag, false),
  /** Of MariaDB's data; without it, one on the data volume. */
  directory: z.optional(grammar.absolutePath),
})

export const frontend = z.strictObject(
  {
    version,
    role: z.literal('frontend', roleProblem),
    hostname: z._default(grammar.hostName, 'frontend-server'),
    packages: z._default(z.array(grammar.packageName), [
      'build-essential',
      'git',
      'curl',
      'wget',
      'emacs',
      'docker.io',
      'make',
    ]),
    efs,
    dataVolume,
    nfs: z.prefault(nfs, {}),
    slurm: z.prefault(slurm, {}),
    accounting: z.prefault(accounting, {}),
    users: z._default(users, []),
    /** The pause between steady runs; 0: at boot only. */
    convergeIntervalSeconds: z._default(convergeIntervalSeconds, 300),
    statusTag: z._default(flag, false),
  },
  'must be a JSON object',
)

export type FrontendConfig = z.infer<typeof frontend>
