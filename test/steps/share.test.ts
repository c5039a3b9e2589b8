import { expect, test } from 'vitest'
import { shareOf } from '../../src/steps/share.ts'
import { configuration } from './configuration.ts'

test('what the cluster shares lies in one directory of the mount', () => {
  expect(shareOf(configuration())).toEqual({
    mountPoint: '/mnt/work',
    directory: '/mnt/work/slurm',
    mungeKeys: '/mnt/work/slurm/munge',
    oldMungeKey: '/mnt/work/slurm/munge.key',
    slurmConf: '/mnt/work/slurm/slurm.conf',
    cgroupConf: '/mnt/work/slurm/cgroup.conf',
    gresConf: '/mnt/work/slurm/gres.conf',
    frontEndClaim: '/mnt/work/slurm/front-end',
    frontend: '/mnt/work/slurm/frontend.json',
    nodes: '/mnt/work/slurm/nodes',
    names: '/mnt/work/slurm/names',
  })
})
