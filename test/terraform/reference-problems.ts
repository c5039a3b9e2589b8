import type { Reference, Step } from './expressions.ts'
import { type Block, dynamicBlocks, type Module } from './hcl.ts'
import { isMany, type Names } from './names.ts'
import type { BodySchema, ProviderSchema } from './provider-schema.ts'
import { suggestion } from './schema-problems.ts'
import type { VariableType } from './variable-type.ts'

/** All that tells whether a reference leads anywhere. */
export interface Surroundings {
  readonly names: Names
  readonly schema: ProviderSchema
  /** What the calls in this module lead to, by name. */
  readonly called: ReadonlyMap<string, Module>
  /** Where the reference stands, if that is in a block. */
  readonly block: Block | undefined
}

/** Undefined where the reference leads to something. */
export function referenceProblem(reference: Reference, around: Surroundings): string | undefined {
  const { root, steps } = reference
  switch (root) {
    case 'var':
      return inVariables(steps, around.names)
    case 'local':
      return inLocals(steps, around)
    case 'module':
      return inModules(steps, around)
    case 'data':
      return inBlocks('data', steps, around)
    case 'count':
    case 'each':
      return inLoop(root, steps, around.block)
    case 'path':
      return among('path', steps, ['cwd', 'module', 'root'])
    case 'self':
      return inSelf(steps, around)
    default:
      return isIterator(root, around.block)
        ? among(root, steps, ['key', 'value'])
        : inBlocks('resource', [{ attribute: root }, ...steps], around)
  }
}

function inVariables([first, ...rest]: readonly Step[], { variables }: Names): string | undefined {
  const name = nameOf(first)
  const type = variables.get(name)
  if (type === undefined) return `no variable is named ${name}${suggestion(name, [...variables.keys()])}`
  return inType(`var.${name}`, rest, type)
}

function inType(place: string, [step, ...rest]: readonly Step[], type: VariableType): string | undefined {
  if (step === undefined || type.is === 'any') return undefined
  if (type.is === 'primitive') return `${place} has nothing in it`
  if (type.is === 'collection') return inType(place, rest, type.of)
  if ('element' in step) return undefined
  const inner = type.attributes.get(step.attribute)
  const known = [...type.attributes.keys()]
  if (inner === undefined) return `${place} has no ${step.attribute}${suggestion(step.attribute, known)}`
  return inType(`${place}.${step.attribute}`, rest, inner.type)
}

function inLocals([first, ...rest]: readonly Step[], around: Surroundings): string | undefined {
  const name = nameOf(first)
  const { locals } = around.names
  if (!locals.has(name)) return `no local is named ${name}${suggestion(name, [...locals.keys()])}`
  const target = locals.get(name)
  return target && referenceProblem({ root: target.root, steps: [...target.steps, ...rest] }, around)
}

function inModules([first, ...rest]: readonly Step[], { names, called }: Surroundings): string | undefined {
  const name = nameOf(first)
  const call = names.blocks.get(`module.${name}`)
  const module = called.get(name)
  if (call === undefined || module === undefined) return `no module is called ${name}`
  const outputs = module.blocks.flatMap(({ kind, labels }) => (kind === 'output' ? labels : []))
  return ofOne(`module.${name}`, call, rest, (output) =>
    outputs.includes(output) ? undefined : `module.${name} has no output ${output}${suggestion(output, outputs)}`,
  )
}

function inBlocks(kind: 'data' | 'resource', steps: readonly Step[], around: Surroundings): string | undefined {
  const [type, name, ...rest] = steps
  if (name === undefined) return `nothing is known by the name ${nameOf(type)}`
  const address = `${kind === 'data' ? 'data.' : ''}${nameOf(type)}.${nameOf(name)}`
  const block = around.names.blocks.get(address)
  const body = around.schema[kind][nameOf(type)]
  if (block === undefined) return `no ${address} is declared${suggestion(address, [...around.names.blocks.keys()])}`
  if (body === undefined) return undefined // the type is told of where it is declared
  return ofOne(address, block, rest, (attribute, further) => inBody(address, [{ attribute }, ...further], body))
}

/** Of one, or of all where there is a count or a for_each, what is named; as a whole, it may be of either. */
function ofOne(
  address: string,
  block: Block,
  steps: readonly Step[],
  problem: (name: string, further: readonly Step[]) => string | undefined,
): string | undefined {
  const [first, ...rest] = steps
  if (first === undefined) return undefined
  if (isMany(block) !== 'element' in first) {
    return isMany(block) ? `${address} are many: which one?` : `${address} is one: it has no elements`
  }
  const [named, ...further] = isMany(block) ? rest : steps
  return named === undefined || 'element' in named ? undefined : problem(named.attribute, further)
}

function inBody(place: string, [step, ...rest]: readonly Step[], schema: BodySchema): string | undefined {
  if (step === undefined) return undefined
  if ('element' in step) return inBody(place, rest, schema)
  const known = [...schema.required, ...schema.optional, ...schema.computed]
  if (!known.includes(step.attribute)) {
    return `${place} has no attribute ${step.attribute}${suggestion(step.attribute, known)}`
  }
  const inner = schema.blocks[step.attribute]
  return inner && inBody(`${place}.${step.attribute}`, rest, inner)
}

function inLoop(root: 'count' | 'each', steps: readonly Step[], block: Block | undefined): string | undefined {
  const by = root === 'count' ? 'count' : 'for_each'
  if (block === undefined || !(by in block.body)) return `${root} is known only where there is a ${by}`
  return among(root, steps, root === 'count' ? ['index'] : ['key', 'value'])
}

/** What dynamic blocks go through is known by their type. */
function isIterator(root: string, block: Block | undefined): boolean {
  return block !== undefined && dynamicBlocks(block.body).some(({ type }) => type === root)
}

function inSelf(steps: readonly Step[], { block, schema }: Surroundings): string | undefined {
  const body =
    block?.kind === 'resource' || block?.kind === 'data' ? schema[block.kind][block.labels[0] ?? ''] : undefined
  return body === undefined ? 'self is known only in a resource or a data source' : inBody('self', steps, body)
}

function among(root: string, [first]: readonly Step[], known: readonly string[]): string | undefined {
  const name = nameOf(first)
  return known.includes(name) ? undefined : `${root} has no ${name}${suggestion(name, known)}`
}

function nameOf(step: Step | undefined): string {
  return step !== undefined && 'attribute' in step ? step.attribute : ''
}
