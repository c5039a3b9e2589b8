/** What the configuration of the example in the README lists. */
export const CONFIGURED_PACKAGES = ['build-essential', 'git', 'curl', 'wget', 'emacs', 'docker.io', 'make']

/** The same without what takes minutes, emulated: two to install, and Docker at each boot as well. */
export const SCENARIO_PACKAGES = CONFIGURED_PACKAGES.filter(
  (name) => !['build-essential', 'emacs', 'docker.io'].includes(name),
)

/** A small one that no image has, whose service, of the same name, starts as it is installed, as Docker's does. */
export const WITH_DAEMON = 'rsyslog'

/** What the role `frontend` needs by itself. */
export const ROLE_PACKAGES = [
  'nfs-common',
  'stunnel4',
  'munge',
  'slurmctld',
  'slurm-client',
  'nfs-kernel-server',
] as const

/** What accounting needs beside that: no image has them baked in. */
export const ACCOUNTING_PACKAGES = ['mariadb-server', 'slurmdbd'] as const

/** What the role `job` needs by itself. */
export const JOB_PACKAGES = ['nfs-common', 'stunnel4', 'munge', 'slurmd', 'slurm-client'] as const

/** Small ones that no image has baked in: for what is to be seen of an installation by itself. */
export const NOT_BAKED = ['tree', 'hello'] as const

/** What only the shell script installs, which the bench compares with. */
export const SCRIPT_PACKAGES = ['slurm-wlm', 'slurmd'] as const
