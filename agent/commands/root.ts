/** What looks at keys and disks, or changes the machine, needs root. Throws with the next act otherwise. */
export function refuseUnlessRoot(command: string): void {
  if (process.getuid?.() !== 0) throw new Error(`${command} must be run as root: sudo slurm-node-agent ${command}`)
}
