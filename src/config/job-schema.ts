import * as z from 'zod/mini'
import { efs } from './efs-schema.ts'
import * as grammar from './grammar.ts'
import { users } from './users-schema.ts'
import { convergeIntervalSeconds, deadlineSeconds, flag, roleProblem, version } from './value-schemas.ts'

/** The volume that the front end exports. */
const nfs = z.strictObject({
  mountPoint: z._default(grammar.absolutePath, '/mnt/shared'),
  deadlineSeconds: z._default(deadlineSeconds, 3_600),
})

/** Of slurm.conf, which the front end makes. */
const slurm = z.strictObject({
  /** Whether slurmd fetches it from slurmctld; else it is copied from the share. */
  configless: z._default(flag, false),
  deadlineSeconds: z._default(deadlineSeconds, 3_600),
})

export const job = z.strictObject(
  {
    version,
    role: z.literal('job', roleProblem),
    /** The name of the node in the front end's slurm.nodes; or a range of them, of which the machine takes a free one. */
    hostname: grammar.hostNameOrRange,
    packages: z._default(z.array(grammar.packageName), []),
    efs,
    nfs: z.prefault(nfs, {}),
    slurm: z.prefault(slurm, {}),
    users: z._default(users, []),
    /** The pause between steady runs, which follow what the front end changes; 0: at boot only. */
    convergeIntervalSeconds: z._default(convergeIntervalSeconds, 300),
    statusTag: z._default(flag, false),
  },
  'must be a JSON object',
)

export type JobConfig = z.infer<typeof job>
