import * as z from 'zod/mini'
import * as grammar from './grammar.ts'
import { deadlineSeconds, flag } from './value-schemas.ts'

const utilsPackage = z.strictObject(
  { url: grammar.httpsUrl, sha256: grammar.sha256 },
  'must be an object with a url and a sha256',
)

const written = z.strictObject(
  {
    fileSystemId: grammar.fileSystemId,
    mountPoint: z._default(grammar.absolutePath, '/mnt/work'),
    client: z._default(
      z.enum(['auto', 'efs-utils', 'stunnel', 'nfs'], 'must be "auto", "efs-utils", "stunnel" or "nfs"'),
      'auto',
    ),
    /** Encryption on the way. */
    tls: z.optional(flag).check(z.meta({ default: true })),
    /** Whether the role of the instance is shown to EFS, whose policy may ask for it. */
    iam: z._default(flag, false),
    accessPoint: z.optional(grammar.accessPointId),
    /** Of the mount target; without it, that of the instance. */
    availabilityZone: z.optional(grammar.availabilityZone),
    /** The mount target by its address, where the name cannot be resolved, as from another VPC. */
    mountTargetIp: z.optional(grammar.ipv4Address),
    /** A .deb of amazon-efs-utils, which is in no archive, to be installed where it is not. */
    utilsPackage: z.optional(utilsPackage),
    deadlineSeconds: z._default(deadlineSeconds, 900),
  },
  'must be an object with a fileSystemId',
)

/**
 * The file system that the cluster shares its key and its configuration over. Plain NFS has no TLS: who chooses it does
 * without, and who writes that there is to be some is told that there is none.
 */
export const efs = z.pipe(
  written,
  z.transform(({ tls, ...others }) => ({ ...others, tls: tls ?? others.client !== 'nfs' })),
)
