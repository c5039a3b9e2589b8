import type * as z from 'zod/mini'
import { messageOf } from '../engine/errors.ts'
import { nearestName } from '../engine/nearest-name.ts'
import { incoherences } from './coherence.ts'
import { incoherencesElsewhere } from './elsewhere.ts'
import type { Problem } from './problem.ts'
import { type Config, jsonSchemaFor, schemaFor } from './schema.ts'
import { newestVersion } from './value-schemas.ts'

export type Parsed =
  | { readonly is: 'good'; readonly config: Config }
  | { readonly is: 'bad'; readonly problems: readonly Problem[] }

/** The text of a configuration file, validated at once: every problem is listed, or there is none. */
export function parseConfig(text: string): Parsed {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const problem =
      text.trim() === '' ? 'must be a JSON object; the file is empty' : `must be JSON: ${printable(messageOf(error))}`
    return { is: 'bad', problems: [{ path: '', problem }] }
  }
  if (isNewer(json)) return { is: 'bad', problems: [{ path: 'version', problem: tooNew }] }
  const parsed = schemaFor(json).safeParse(json, { error: wording, reportInput: true })
  if (!parsed.success) {
    const { issues } = parsed.error
    return {
      is: 'bad',
      problems: [
        ...issues.flatMap((issue) => problemsOf(issue, json)),
        ...incoherencesElsewhere(json, issues).map(bare),
      ],
    }
  }
  const problems = incoherences(parsed.data).map(bare)
  return problems.length === 0 ? { is: 'good', config: parsed.data } : { is: 'bad', problems }
}

const tooNew = `is newer than ${newestVersion}, the newest that this release knows; get a newer one by slurm-node-agent upgrade`

/** Said alone: what else seems to be wrong with it may be right by then. */
function isNewer(json: unknown): boolean {
  if (typeof json !== 'object' || json === null || !('version' in json)) return false
  return typeof json.version === 'number' && json.version > newestVersion
}

/** One line a problem, with its place first. */
export function problemLine({ path, problem }: Problem): string {
  return path === '' ? problem : `${path}: ${problem}`
}

function bare({ path, problem }: Problem): Problem {
  return { path, problem }
}

/** For kinds of value that have no wording of their own. */
const wording: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'invalid_type' ? `must be of type ${issue.expected}` : undefined

function problemsOf(issue: z.core.$ZodIssue, json: unknown): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    const problem = issue.input === undefined ? `is missing, and ${issue.message}` : issue.message
    return [{ path: pathOf(issue.path), problem }]
  }
  const known = knownKeys(issue.path, json)
  return issue.keys.map((key) => ({
    path: pathOf([...issue.path, key]),
    problem: `is not known${suggestion(key, known)}`,
  }))
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known)
  if (nearest === undefined) return ''
  return nearest.isLikely ? `; did you mean "${nearest.name}"?` : `; known are ${known.join(', ')}`
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((key, index) => pathPart(key, index === 0)).join('')
}

function pathPart(key: PropertyKey, first: boolean): string {
  if (typeof key === 'number') return `[${key}]`
  return first ? printable(String(key)) : `.${printable(String(key))}`
}

/** What is quoted from the file must neither steer the terminal nor break the line. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}|\p{Zl}|\p{Zp}/gu, (character) => {
    const digits = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')
    return `\\u{${digits}}`
  })
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
}

function knownKeys(path: readonly PropertyKey[], json: unknown): readonly string[] {
  let node: SchemaNode | undefined = jsonSchemaFor(json)
  for (const key of path) node = typeof key === 'number' ? node?.items : node?.properties?.[String(key)]
  return Object.keys(node?.properties ?? {})
}
