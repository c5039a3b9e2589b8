import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { shareDirectory } from '../config/share-directory.ts'

/** What the cluster shares over EFS, and where. */
export function shareOf({ efs }: Pick<Config, 'efs'>) {
  const directory = shareDirectory(efs.mountPoint)
  return {
    /** Each write below it is guarded by this mount. */
    mountPoint: efs.mountPoint,
    directory,
    mungeKeys: join(directory, 'munge'),
    /** Where the bash script that the agent replaces put the key, for everybody to read. */
    oldMungeKey: join(directory, 'munge.key'),
    slurmConf: join(directory, 'slurm.conf'),
    cgroupConf: join(directory, 'cgroup.conf'),
    gresConf: join(directory, 'gres.conf'),
    /** A link that names the instance which is the front end. */
    frontEndClaim: join(directory, 'front-end'),
    frontend: join(directory, 'frontend.json'),
    /** A file a job server, by its name. */
    nodes: join(directory, 'nodes'),
    /** The claims of the names that job servers of one range take, a symbolic link each. */
    names: join(directory, 'names'),
  }
}

export type Share = ReturnType<typeof shareOf>
