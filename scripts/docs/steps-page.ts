import { isDeepStrictEqual } from 'node:util'
import { pathsOf, rolesOf } from '../../src/config/described-schema.ts'
import type { Config } from '../../src/config/schema.ts'
import { jsonSchema } from '../../src/config/schema.ts'
import { exampleConfig } from './examples.ts'
import { code, page, paragraph, table } from './markdown.ts'
import { type RoleStep, roleSteps } from './role-steps.ts'

const head = ['step', 'title', 'comes after', 'packages', 'deadline']

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
      table(
        head,
        roleSteps(exampleConfig(role)).map((step) => rowOf(step, deadlineKeys(exampleConfig(role), pathsOf(schema)))),
      ),
    ]),
    `## With ${code('accounting.enabled')}`,
    'A front end has these beside, or otherwise:',
    table(
      head,
      accountingSteps().map((step) => rowOf(step, new Map())),
    ),
  ])
}

function accountingSteps(): readonly RoleStep[] {
  const plain = roleSteps(exampleConfig('frontend'))
  const all = roleSteps(exampleConfig('frontend', { accounting: { enabled: true } }))
  return all.filter((step) => !plain.some((one) => isDeepStrictEqual(one, step)))
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
