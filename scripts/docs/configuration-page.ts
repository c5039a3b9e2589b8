import { defaultConfigPath } from '../../agent/config-file.ts'
import { describedSchema, rolesOf, type SchemaNode } from '../../src/config/described-schema.ts'
import { jsonSchema } from '../../src/config/schema.ts'
import { exampleOf } from './examples.ts'
import { code, literally, page, paragraph, table } from './markdown.ts'

/** Every key of the configuration, a section a role. */
export function configurationPage(): string {
  return page([
    '# Configuration',
    paragraph(
      `One JSON object, in ${code(defaultConfigPath)}. A key that is not here is refused, and the nearest known one is named. ${code('slurm-node-agent config check')} lists every problem, ${code('config show')} prints the whole with its defaults, and ${code('config schema')} the JSON Schema, for editors.`,
    ),
    ...rolesOf(describedSchema(jsonSchema())).flatMap(({ role, schema }) => [
      `## Role ${code(role)}`,
      'The least that such a configuration says:',
      ['```json', JSON.stringify(exampleOf(role), undefined, 2), '```'].join('\n'),
      table(['key', 'value', 'default', 'what it is for'], rowsOf(schema, '')),
    ]),
  ])
}

function rowsOf({ properties = {}, required = [] }: SchemaNode, prefix: string): readonly (readonly string[])[] {
  return Object.entries(properties).flatMap(([key, node]) => {
    const path = `${prefix}${key}`
    const row = [code(path), valueOf(node), defaultOf(node, required.includes(key)), literally(node.description ?? '')]
    return [row, ...rowsOf(node, `${path}.`), ...rowsOf(node.items ?? {}, `${path}[].`)]
  })
}

function valueOf(node: SchemaNode): string {
  const { type = '', const: only, enum: names, minimum, maximum, items, anyOf } = node
  if (only !== undefined) return code(JSON.stringify(only))
  if (names !== undefined) return names.map((name) => code(JSON.stringify(name))).join(', ')
  if (type === 'integer') return `whole number, ${minimum} to ${maximum}`
  if (type === 'array') return items?.properties === undefined ? `list of ${valueOf(items ?? {})}s` : 'list of objects'
  if (type === '' && anyOf !== undefined) return anyOf.map(valueOf).join(' or ')
  return { string: 'text', boolean: '`true`, `false`' }[type] ?? type
}

/** The defaults of an object are those of its keys. */
function defaultOf({ default: value, type }: SchemaNode, isRequired: boolean): string {
  if (isRequired) return 'must be given'
  return value === undefined || type === 'object' ? '' : code(JSON.stringify(value))
}
