import { pathsOf, rolesOf, type SchemaNode } from '../../src/config/described-schema.ts'
import type { Config } from '../../src/config/schema.ts'
import { jsonSchema } from '../../src/config/schema.ts'
import { exampleConfig } from './examples.ts'
import { code, page, paragraph, table } from './markdown.ts'
import { type RoleStep, roleSteps } from './role-steps.ts'

const columns = ['step', 'title', 'comes after', 'packages', 'deadline']

/** By role, what has steps come along, or changes some. */
const options = new Map([
  ['frontend', { when: `With ${code('accounting.enabled')}`, more: { accounting: { enabled: true } } }],
  ['job', { when: `Where ${code('hostname')} is a range`, more: { hostname: 'job-[1-4]' } }],
])

/** The steps of each role, as its least configuration makes them. */
export function stepsPage(): string {
  return page([
    '# Steps',
    paragraph(
      `A run looks at the machine and acts step by step. A step begins as soon as all those that it comes after have converged; the others run at once. It ends when a fresh look finds nothing left to do, when a person must decide, or at its deadline. The packages of all steps are installed by the step ${code('packages')}, in one transaction with those of the configuration. ${code('apply --only STEP')} acts in some of them alone.`,
    ),
    paragraph('These are the steps of a configuration that says no more than it must.'),
    ...rolesOf(jsonSchema()).flatMap(({ role, schema }) => [
      `## Role ${code(role)}`,
      table(columns, rowsOf(exampleConfig(role), schema)),
      ...otherwise(role, schema),
    ]),
  ])
}

function rowsOf(config: Config, schema: SchemaNode): readonly (readonly string[])[] {
  const keys = deadlineKeys(config, pathsOf(schema))
  return roleSteps(config).map((step) => rowOf(step, keys))
}

function otherwise(role: string, schema: SchemaNode): readonly string[] {
  const option = options.get(role)
  if (option === undefined) return []
  const plain = new Set(rowsOf(exampleConfig(role), schema).map((row) => row.join()))
  const rows = rowsOf(exampleConfig(role, option.more), schema).filter((row) => !plain.has(row.join()))
  return [`${option.when}, these come along, or are otherwise:`, table(columns, rows)]
}

function rowOf(
  { id, title, after, packages, deadlineMs }: RoleStep,
  keys: ReadonlyMap<string, string>,
): readonly string[] {
  const key = keys.get(id)
  const deadline = `${deadlineMs / 1_000} s${key === undefined ? '' : `, by ${code(key)}`}`
  return [code(id), title, after.map(code).join(', '), packages.map(code).join(', '), deadline]
}

/** By step, the key of the configuration that sets its deadline: the one with which the deadline changes. */
function deadlineKeys(config: Config, paths: readonly string[]): ReadonlyMap<string, string> {
  const before = roleSteps(config)
  return new Map(
    paths
      .filter((path) => path.endsWith('.deadlineSeconds'))
      .flatMap((path) => {
        const after = roleSteps(withOneMore(config, path.split('.')))
        return after
          .filter((step, index) => step.deadlineMs !== before[index]?.deadlineMs)
          .map(({ id }) => [id, path] as const)
      }),
  )
}

function withOneMore(config: Config, [section = '', key = '']: readonly string[]): Config {
  const copy = JSON.parse(JSON.stringify(config))
  copy[section][key] += 1
  return copy
}
