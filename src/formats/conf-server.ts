/**
 * Where slurmctld hands out this slurm.conf, as `slurmd --conf-server` takes it; undefined where it does not. The first
 * of several controllers is the primary one; of any other setting, the last counts.
 */
export function confServerIn(conf: string): string | undefined {
  const address = /\((.+)\)$/.exec(valuesOf('SlurmctldHost', conf)[0] ?? '')?.[1]
  const parameters = valuesOf('SlurmctldParameters', conf).at(-1)?.split(',') ?? []
  if (address === undefined || !parameters.includes('enable_configless')) return undefined
  const port = /^\d+/.exec(valuesOf('SlurmctldPort', conf).at(-1) ?? '')
  return port === null ? address : `${address}:${port[0]}`
}

function valuesOf(key: string, conf: string): readonly string[] {
  return [...conf.matchAll(new RegExp(`^[ \\t]*${key}=(\\S+)`, 'gim'))].map(([, value = '']) => value)
}
