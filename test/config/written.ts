/** The least that a configuration must say. */
export const least = {
  role: 'frontend',
  efs: { fileSystemId: 'fs-0123456789abcdef0' },
  dataVolume: { volumeId: 'vol-0123456789abcdef0' },
}

/** The least, with one value at a path such as `slurm.nodes` put in or replaced. */
export function writtenWith(path: string, value: unknown): object {
  const [first = '', ...rest] = path.split('.')
  return put(least, [first, ...rest], value)
}

function put(object: object, [key, ...rest]: readonly [string, ...string[]], value: unknown): object {
  const [next, ...others] = rest
  if (next === undefined) return { ...object, [key]: value }
  const inner: unknown = Object.entries(object).find(([name]) => name === key)?.[1]
  return { ...object, [key]: put(typeof inner === 'object' && inner !== null ? inner : {}, [next, ...others], value) }
}
