import { nearestName } from '../../src/engine/nearest-name.ts'
import { addressOf, type Block, type Body, dynamicBlocks, isBody } from './hcl.ts'
import type { BodySchema, ProviderSchema } from './provider-schema.ts'

/** Terraform's own, in a block of any type. */
const meta = ['connection', 'count', 'depends_on', 'dynamic', 'for_each', 'lifecycle', 'provider', 'provisioner']

const lifecycle = [
  'create_before_destroy',
  'ignore_changes',
  'postcondition',
  'precondition',
  'prevent_destroy',
  'replace_triggered_by',
]

/** What the provider would say of a resource or a data source before it is planned; nothing of its values. */
export function schemaProblems(block: Block, schema: ProviderSchema): readonly string[] {
  if (block.kind !== 'resource' && block.kind !== 'data') return []
  const [type = ''] = block.labels
  const place = `${block.file}: ${addressOf(block)}`
  const known = schema[block.kind][type]
  if (known === undefined) {
    return [`${place}: no ${block.kind} type is named ${type}${suggestion(type, Object.keys(schema[block.kind]))}`]
  }
  const own = Object.fromEntries(Object.entries(block.body).filter(([name]) => !meta.includes(name)))
  const made = Map.groupBy(dynamicBlocks(block.body), (dynamic) => dynamic.type)
  const all = [...made].map(([name, blocks]) => [
    name,
    [...blocksOf(own[name]), ...blocks.map(({ content }) => content)],
  ])
  return [
    ...bodyProblems(place, { ...own, ...Object.fromEntries(all) }, known),
    ...lifecycleProblems(place, block.body, known),
  ]
}

function bodyProblems(place: string, body: Body, schema: BodySchema): readonly string[] {
  const settable = [...schema.required, ...schema.optional]
  const given = Object.keys(body)
  return [
    ...schema.required.filter((name) => !given.includes(name)).map((name) => `${place}: ${name} is missing`),
    ...given.flatMap((name) => {
      if (schema.computed.includes(name)) return [`${place}: ${name} is only read`]
      if (!settable.includes(name)) {
        return [`${place}: no argument or block is named ${name}${suggestion(name, settable)}`]
      }
      return []
    }),
    ...Object.entries(schema.blocks).flatMap(([name, inner]) => blockProblems(`${place}: ${name}`, body[name], inner)),
  ]
}

/** An argument that holds a list of objects may be written as blocks, or be an expression. */
function blockProblems(place: string, value: unknown, schema: BodySchema): readonly string[] {
  if (value === undefined || typeof value === 'string') return []
  if (!Array.isArray(value)) return [`${place}: is a block, and no argument`]
  return value.flatMap((body) => (isBody(body) ? bodyProblems(place, body, schema) : []))
}

function lifecycleProblems(place: string, body: Body, schema: BodySchema): readonly string[] {
  const all = [...schema.required, ...schema.optional]
  return blocksOf(body['lifecycle']).flatMap((block) => [
    ...Object.keys(block)
      .filter((name) => !lifecycle.includes(name))
      .map((name) => `${place}: lifecycle: no argument or block is named ${name}${suggestion(name, lifecycle)}`),
    ...ignored(block)
      .filter((name) => !all.includes(name))
      .map((name) => `${place}: ignore_changes: no argument is named ${name}${suggestion(name, all)}`),
  ])
}

function blocksOf(value: unknown): readonly Body[] {
  return Array.isArray(value) ? value.filter(isBody) : []
}

function ignored({ ignore_changes: names }: Body): readonly string[] {
  return Array.isArray(names) ? names.map((name) => /\w+/.exec(String(name))?.[0] ?? '') : []
}

export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest?.isLikely === true ? `; did you mean ${nearest.name}?` : ''
}
