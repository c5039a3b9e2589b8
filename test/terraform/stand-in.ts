import { expressionIn } from './expressions.ts'
import { addressOf, type Block, type Body, dynamicBlocks, isBody, type Module } from './hcl.ts'
import { isMany } from './names.ts'

/**
 * A module that terraform plans without a provider: each resource and data source is a terraform_data, which terraform
 * has itself, with all arguments as its input. In Terraform's JSON syntax. `computed` gives what the provider would, and
 * `sourceOf` says where the modules that it calls are.
 */
export function standIn(
  { blocks, locals }: Module,
  computed: (block: Block) => Body,
  sourceOf: (source: string) => string,
): Body {
  const resources: Record<string, unknown> = {}
  const names: Record<string, unknown> = {}
  for (const block of blocks) {
    if (block.kind !== 'resource' && block.kind !== 'data') continue
    const name = nameOf(addressOf(block))
    resources[name] = resource(block, computed(block))
    names[name] = inputsOf(block, name)
  }
  const ofKind = (kind: Block['kind'], body: (block: Block) => Body) =>
    Object.fromEntries(blocks.filter((block) => block.kind === kind).map((block) => [block.labels[0], body(block)]))
  return {
    terraform: { required_version: '>= 1.4.0' }, // the first with terraform_data
    variable: ofKind('variable', ({ body }) => ({
      ...body,
      type: String(body['type']).replace(/^\$\{(.*)\}$/s, '$1'),
    })),
    locals: { ...Object.fromEntries(locals.map(({ name, value }) => [name, renamed(value)])), ...names },
    ...(blocks.some(({ kind }) => kind === 'module') && {
      module: ofKind('module', ({ body }) => ({
        ...bodyRenamed(body),
        source: sourceOf(String(body['source'])),
      })),
    }),
    resource: { terraform_data: resources },
    output: ofKind('output', ({ body: { depends_on, ...body } }) => ({
      ...bodyRenamed(body),
      depends_on: dependencies(depends_on),
    })),
    ...(blocks.some(({ kind }) => kind === 'check') && { check: ofKind('check', ({ body }) => bodyRenamed(body)) }),
  }
}

function resource({ body }: Block, computed: Body): Body {
  const { count, for_each, depends_on, dynamic: _dynamic, lifecycle, ...own } = body
  const given = Object.entries({ count, for_each }).filter(([, value]) => value !== undefined)
  return {
    ...Object.fromEntries(given.map(([key, value]) => [key, renamed(value)])),
    input: bodyRenamed({ ...computed, ...own, ...allTags(own, computed), ...blocksMade(body) }),
    lifecycle: conditions(lifecycle),
    depends_on: dependencies(depends_on),
  }
}

/** The provider reads those that a resource was given by others, too. */
function allTags({ tags: own }: Body, { tags: others }: Body): Body {
  return others === undefined ? {} : { tags: `\${merge(${expressionIn(own)}, ${expressionIn(others)})}` }
}

/** What terraform makes blocks of is a list in an input. */
function blocksMade(body: Body): Body {
  return Object.fromEntries(
    dynamicBlocks(body).map(({ type, collection, content }) => {
      const elements = `[for key, value in ${expressionIn(collection)} : { key = key, value = value }]`
      return [type, `\${[for ${type} in ${elements} : ${JSON.stringify(content)}]}`]
    }),
  )
}

function conditions(lifecycle: unknown): readonly Body[] {
  if (!Array.isArray(lifecycle)) return []
  return lifecycle.filter(isBody).map(({ precondition = [], postcondition = [] }) => ({
    precondition: renamed(precondition),
    postcondition: renamed(postcondition),
  }))
}

function dependencies(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((item) => `terraform_data.${nameOf(expressionIn(item))}`) : []
}

/** What is meant by the address of a resource, one or many. */
function inputsOf(block: Block, name: string): string {
  if (!isMany(block)) return `\${terraform_data.${name}.input}`
  if ('count' in block.body) return `\${terraform_data.${name}[*].input}`
  return `\${{ for key, one in terraform_data.${name} : key => one.input }}`
}

function nameOf(address: string): string {
  return address.replaceAll('.', '__')
}

/** The value with the addresses in its expressions as they are called here. */
function renamed(value: unknown): unknown {
  if (typeof value === 'string') {
    if (!value.includes('${')) return value
    return value
      .replaceAll(/(?<![\w.])(?:data\.)?aws_\w+\.\w+/g, (address) => `local.${nameOf(address)}`)
      .replaceAll(/(?<![\w.])self\./g, 'self.input.')
  }
  if (Array.isArray(value)) return value.map(renamed)
  return isBody(value) ? bodyRenamed(value) : value
}

function bodyRenamed(body: Body): Body {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, renamed(value)]))
}
