/** Of `scontrol show config`: whether slurmctld runs with the very slurm.conf that scontrol has read. */
export function isSameConf(stdout: string): boolean {
  return /^HASH_VAL\s*= Match\s*$/m.test(stdout)
}
