/** What the agent keeps for the cluster on the shared file system: keys and configuration. */
export function shareDirectory(mountPoint: string): string {
  return `${mountPoint}/slurm`
}
