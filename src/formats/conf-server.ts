/** One `Key=value`, quoted or not, of which Slurm takes several on a line. Source: keyvalue_pattern in parse_config.c. */
const setting = /\s*([\w.]+)\s*[-*+/]?=\s*(?:"([^"]*)"|(\S+))(?=\s|$)/y

/**
 * Where slurmctld hands out this slurm.conf, as `slurmd --conf-server` takes it; undefined where it does not. The first
 * of several controllers is the primary one; of any other setting, the last counts.
 */
export function confServerIn(conf: string): string | undefined {
  const settings = linesOf(conf).flatMap(settingsOn)
  const valuesOf = (key: string) => settings.flatMap((one) => (one.key === key ? [one.value] : []))
  const address = /\((.+)\)$/.exec(valuesOf('slurmctldhost')[0] ?? '')?.[1]
  // As slurmctld looks for it: anywhere, in either case.
  const isEnabled = /enable_configless/i.test(valuesOf('slurmctldparameters').at(-1) ?? '')
  if (address === undefined || !isEnabled) return undefined
  const port = /^\d+/.exec(valuesOf('slurmctldport').at(-1) ?? '')
  return port === null ? address : `${address}:${port[0]}`
}

/** Without comments, and with the lines that go on after a backslash in one. */
function linesOf(conf: string): readonly string[] {
  return conf
    .replaceAll(/(?<!\\)((?:\\\\)*)#.*/g, '$1')
    .replaceAll(/(?<!\\)((?:\\\\)*)\\[ \t]*\n/g, '$1')
    .split('\n')
    .map((line) => line.replaceAll(/\\(.)/g, '$1'))
}

/** As far as Slurm reads the line. */
function settingsOn(line: string): readonly { readonly key: string; readonly value: string }[] {
  const found = []
  setting.lastIndex = 0
  for (let match = setting.exec(line); match !== null; match = setting.exec(line)) {
    const [, key = '', quoted, bare = ''] = match
    found.push({ key: key.toLowerCase(), value: quoted ?? bare })
  }
  return found
}
