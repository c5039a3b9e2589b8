import { type Expression, parseExpression } from './expressions.ts'

/** What the type of a variable says of the names in it. */
export type VariableType =
  | { readonly is: 'any' }
  | { readonly is: 'primitive'; readonly name: string }
  | { readonly is: 'collection'; readonly name: string; readonly of: VariableType }
  | { readonly is: 'object'; readonly attributes: ReadonlyMap<string, Attribute> }

interface Attribute {
  readonly type: VariableType
  /** As it is written; undefined where the attribute must be given. */
  readonly otherwise: string | undefined
}

/** Of what stands for the type in a variable's block; without any, it takes anything. */
export async function variableType(written: unknown = 'any'): Promise<VariableType> {
  if (typeof written !== 'string') throw new Error(`no type: ${JSON.stringify(written)}`)
  const text = /^\$\{(.*)\}$/s.exec(written)?.[1] ?? written
  return typeOf(await parseExpression(text), text)
}

function typeOf(expression: Expression | undefined, text: string): VariableType {
  if (expression?.type === 'function') {
    const [first] = expression.children
    const { name } = expression.meta
    if (['list', 'map', 'set'].includes(name)) return { is: 'collection', name, of: typeOf(first, text) }
    if (name === 'object' && first?.type === 'object') return { is: 'object', attributes: attributesOf(first, text) }
  }
  if (expression?.type !== 'scopeTraversal') throw new Error(`a type that is not known here: ${text}`)
  const name = expression.meta.value
  return name === 'any' ? { is: 'any' } : { is: 'primitive', name }
}

/** The parser gives a key, of which it tells no more than where it is, and its value after it. */
function attributesOf({ children }: Expression, text: string): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>()
  for (let index = 0; index < children.length; index += 2) {
    const range = children[index]?.range
    attributes.set(text.slice(range?.start.byte, range?.end.byte).trim(), attributeOf(children[index + 1], text))
  }
  return attributes
}

function attributeOf(expression: Expression | undefined, text: string): Attribute {
  if (expression?.type !== 'function' || expression.meta.name !== 'optional') {
    return { type: typeOf(expression, text), otherwise: undefined }
  }
  const [type, otherwise] = expression.children
  return { type: typeOf(type, text), otherwise: otherwise?.meta.value ?? 'null' }
}
