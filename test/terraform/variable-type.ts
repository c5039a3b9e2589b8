import { type Expression, parseExpression } from './expressions.ts'

/** What the type of a variable says of the names in it. */
export type VariableType =
  | { readonly is: 'any' }
  | { readonly is: 'primitive' }
  | { readonly is: 'collection'; readonly of: VariableType }
  | { readonly is: 'object'; readonly attributes: ReadonlyMap<string, VariableType> }

/** Of the text of a type, such as `list(object({ name = string }))`. */
export async function variableType(text: string): Promise<VariableType> {
  return typeOf(await parseExpression(text), text)
}

function typeOf(expression: Expression | undefined, text: string): VariableType {
  if (expression?.type === 'function') {
    const [first] = expression.children
    switch (expression.meta.name) {
      case 'optional':
        return typeOf(first, text)
      case 'list':
      case 'map':
      case 'set':
        return { is: 'collection', of: typeOf(first, text) }
      case 'object':
        if (first?.type === 'object') return { is: 'object', attributes: attributesOf(first, text) }
    }
  }
  if (expression?.type === 'scopeTraversal') return { is: expression.meta.value === 'any' ? 'any' : 'primitive' }
  throw new Error(`a type that is not known here: ${text}`)
}

/** The parser gives a key, of which it tells no more than where it is, and its value after it. */
function attributesOf({ children }: Expression, text: string): ReadonlyMap<string, VariableType> {
  const attributes = new Map<string, VariableType>()
  for (let index = 0; index < children.length; index += 2) {
    const range = children[index]?.range
    attributes.set(text.slice(range?.start.byte, range?.end.byte).trim(), typeOf(children[index + 1], text))
  }
  return attributes
}
