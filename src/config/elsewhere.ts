import type * as z from 'zod/mini'
import { incoherences } from './coherence.ts'
import type { Problem } from './problem.ts'
import { schemaFor } from './schema.ts'

type Path = readonly PropertyKey[]

/** For what must be there and has no default: no check of coherence looks at these. */
const standIns = {
  role: 'frontend',
  hostname: 'job',
  efs: { fileSystemId: 'fs-00000000' },
  dataVolume: { volumeId: 'vol-00000000' },
}

/**
 * The incoherences of a configuration that the schema refuses, so that they are told at once as well: those that rest
 * on good values alone. Every faulty value is taken out, a list as a whole.
 */
export function incoherencesElsewhere(json: unknown, issues: readonly z.core.$ZodIssue[]): readonly Problem[] {
  const faulty = issues.flatMap(valuesOf)
  let mended = json
  for (const path of faulty) mended = without(mended, path)
  const whole = withStandIns(mended)
  const { data } = schemaFor(whole).safeParse(whole)
  if (data === undefined) return []
  const isGood = (path: string) => !faulty.some((value) => isAt(path, value.join('.')))
  return incoherences(data).filter(({ path, against = [] }) => [path, ...against].every(isGood))
}

function valuesOf(issue: z.core.$ZodIssue): readonly Path[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
  return paths.map((path) => {
    const index = path.findIndex((key) => typeof key === 'number')
    return index < 0 ? path : path.slice(0, index)
  })
}

function without(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return undefined
  if (!isObject(value)) return value
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    if (name !== key) return [[name, inner]]
    return rest.length === 0 ? [] : [[name, without(inner, rest)]]
  })
  return Object.fromEntries(entries)
}

function withStandIns(value: unknown): unknown {
  const { efs, dataVolume, ...others }: Record<string, unknown> = isObject(value) ? { ...value } : {}
  const whole = { role: standIns.role, ...others, efs: { ...standIns.efs, ...(isObject(efs) && efs) } }
  if (whole.role === 'job') return { hostname: standIns.hostname, ...whole }
  return { ...whole, dataVolume: isObject(dataVolume) ? dataVolume : standIns.dataVolume }
}

function isAt(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
