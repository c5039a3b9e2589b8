import { parseExpression, type Reference, referenceOf } from './expressions.ts'
import { addressOf, type Block, type Module } from './hcl.ts'
import { type VariableType, variableType } from './variable-type.ts'

/** What may be referred to in a module. */
export interface Names {
  readonly variables: ReadonlyMap<string, VariableType>
  /** Undefined for one that is more than another name for something. */
  readonly locals: ReadonlyMap<string, Reference | undefined>
  /** Resources, data sources and calls of modules, by their addresses. */
  readonly blocks: ReadonlyMap<string, Block>
}

export async function namesIn({ blocks, locals }: Module): Promise<Names> {
  const variables = new Map<string, VariableType>()
  for (const { kind, labels, body } of blocks) {
    if (kind !== 'variable') continue
    variables.set(labels[0] ?? '', await variableType(body['type']))
  }
  const others = new Map<string, Reference | undefined>()
  for (const { name, value } of locals) others.set(name, await wholeReference(value))
  const addressed = blocks.filter(({ kind }) => ['data', 'module', 'resource'].includes(kind))
  return { variables, locals: others, blocks: new Map(addressed.map((block) => [addressOf(block), block])) }
}

async function wholeReference(value: unknown): Promise<Reference | undefined> {
  const expression = typeof value === 'string' ? /^\$\{([^{}]*)\}$/.exec(value)?.[1] : undefined
  return expression === undefined ? undefined : referenceOf(await parseExpression(expression))
}

/** How many of a block there are. */
export function isMany({ body }: Block): boolean {
  return 'count' in body || 'for_each' in body
}
