/** One `Key=value`, quoted or not, of which Slurm takes several on a line. Source: keyvalue_pattern in parse_config.c. */
const setting = /\s*([\w.]+)\s*[-*+/]?=\s*(?:"([^"]*)"|(\S+))(?=\s|$)/y

/** The slurmctld that a slurm.conf names. */
interface Controller {
  readonly address: string
  /** Undefined where it is not set. */
  readonly port: number | undefined
}

/**
 * The first of several controllers is the primary one; of any other setting, the last counts. Undefined where it has no
 * address.
 */
export function controllerIn(conf: string): Controller | undefined {
  const address = /\((.+)\)$/.exec(valuesOf('slurmctldhost', conf)[0] ?? '')?.[1]
  const port = /^\d+/.exec(valuesOf('slurmctldport', conf).at(-1) ?? '')
  return address === undefined ? undefined : { address, port: port === null ? undefined : Number(port[0]) }
}

/** Where slurmctld hands out this slurm.conf, as `slurmd --conf-server` takes it; undefined where it does not. */
export function confServerIn(conf: string): string | undefined {
  const controller = controllerIn(conf)
  // As slurmctld looks for it: anywhere, in either case.
  const isEnabled = /enable_configless/i.test(valuesOf('slurmctldparameters', conf).at(-1) ?? '')
  if (controller === undefined || !isEnabled) return undefined
  const { address, port } = controller
  return port === undefined ? address : `${address}:${port}`
}

/** Of a setting, by its name in lower case. */
function valuesOf(key: string, conf: string): readonly string[] {
  return linesOf(conf)
    .flatMap(settingsOn)
    .flatMap((one) => (one.key === key ? [one.value] : []))
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
