import { VPC_CIDR } from './addresses.ts'
import { DATA_VOLUME_DEVICE, DATA_VOLUME_ID, FILE_SYSTEM_ID } from './lab.ts'
import { SCENARIO_PACKAGES } from './packages.ts'

export type ExampleConfig = ReturnType<typeof exampleConfig>

/** Of a job server, likewise. */
export function exampleJobConfig(hostname: string) {
  return {
    role: 'job' as const,
    hostname,
    efs: exampleConfig().efs,
    nfs: { mountPoint: exampleConfig().dataVolume.mountPoint },
  }
}

/** The configuration that the README shows, with this lab's IDs and the packages that it is about. */
export function exampleConfig(packages: readonly string[] = SCENARIO_PACKAGES) {
  return {
    role: 'frontend' as const,
    hostname: 'frontend-server',
    packages,
    efs: { fileSystemId: FILE_SYSTEM_ID, mountPoint: '/mnt/work', client: 'auto', deadlineSeconds: 900 },
    dataVolume: {
      volumeId: DATA_VOLUME_ID,
      deviceName: DATA_VOLUME_DEVICE,
      fileSystem: 'ext4',
      mountPoint: '/mnt/shared',
      deadlineSeconds: 300,
    },
    nfs: { clients: [VPC_CIDR], rootSquash: true },
    slurm: {
      clusterName: 'slurm-cluster',
      nodes: [{ name: 'job-[1-4]', cpus: 2, memoryMiB: 3800 }],
      partitions: [{ name: 'main', nodes: 'ALL', default: true, maxTime: 'INFINITE' }],
    },
  }
}
