/** What the process ends with: those of sysexits(3) where it has one, those of `terraform plan` for a plan. */
export const exitCode = {
  converged: 0,
  failed: 1,
  /** plan --detailed-exitcode: something is to be done. */
  changes: 2,
  degraded: 3,
  usage: 64,
  locked: 75,
  badConfig: 78,
} as const
