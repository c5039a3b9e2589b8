import { getExpressionAst, type TFExpressionSyntaxTree } from '@cdktn/hcl2json'

export type Expression = TFExpressionSyntaxTree.ExpressionType

/** What is read in an expression: a name, and what of it. */
export interface Reference {
  readonly root: string
  readonly steps: readonly Step[]
}

/** An attribute by its name; or one element, of all that a splat or a `for` goes through, or of those by a key. */
export type Step = { readonly attribute: string } | { readonly element: 'each' | 'one' }

/** The expressions that stand between `${` and `}` in a value of the parser's JSON. */
export function interpolations(text: string): readonly string[] {
  const found: string[] = []
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at)) {
    if (text[at - 1] === '$') {
      at += 2
      continue
    }
    const end = endOf(text, at + 2)
    found.push(text.slice(at + 2, end))
    at = end
  }
  return found
}

/** The expression of a value that is nothing else; the text itself where it stands without `${` and `}`. */
export function expressionIn(value: unknown): string {
  return String(value).replace(/^\$\{|\}$/g, '')
}

/** Where the braces that are open at the start are closed. */
function endOf(text: string, start: number): number {
  let depth = 1
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') at = endOfString(text, at + 1)
    else if (text[at] === '{') depth++
    else if (text[at] === '}') depth--
    if (depth === 0) return at
  }
  throw new Error(`an interpolation does not end: ${text}`)
}

function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
    else if (text.startsWith('${', at)) at = endOf(text, at + 2)
  }
  throw new Error(`a string does not end: ${text}`)
}

/** Throws where it cannot be parsed. */
export async function parseExpression(text: string): Promise<Expression> {
  const parsed = await getExpressionAst('expression', text)
  if (parsed === null) throw new Error(`not understood: ${text}`)
  return parsed
}

/** Names that a `for` gives to what it goes through, with what that is, where it is known. */
type Scope = ReadonlyMap<string, Reference | undefined>

/** All that an expression reads, without the names of its own. */
export function referencesIn(expression: Expression, scope: Scope = new Map()): readonly Reference[] {
  const reference = referenceOf(expression)
  const inner = scopeWithin(expression, scope)
  const below = (reference === undefined ? expression.children : besides(expression)).flatMap((child, index) =>
    referencesIn(child, expression.type === 'for' && index === 0 ? scope : inner),
  )
  if (reference === undefined) return below
  if (!scope.has(reference.root)) return [reference, ...below]
  const whole = scope.get(reference.root)
  return whole === undefined ? below : [{ root: whole.root, steps: [...whole.steps, ...reference.steps] }, ...below]
}

function scopeWithin(expression: Expression, scope: Scope): Scope {
  if (expression.type !== 'for') return scope
  const [collection] = expression.children
  const whole = collection && referenceOf(collection)
  const isKnown = whole !== undefined && !scope.has(whole.root)
  const element = isKnown ? { root: whole.root, steps: [...whole.steps, { element: 'each' } as const] } : undefined
  return new Map([...scope, [expression.meta.keyVar, undefined], [expression.meta.valVar, element]])
}

/** An expression that is nothing but a reference. */
export function referenceOf(expression: Expression): Reference | undefined {
  switch (expression.type) {
    case 'scopeTraversal': {
      const [root, ...steps] = expression.meta.traversal
      return root && { root: root.segment, steps: steps.map(stepOf) }
    }
    case 'relativeTraversal':
      return longer(expression.children[0], expression.meta.traversal.map(stepOf))
    case 'index':
      return longer(expression.children[0], [{ element: 'one' }])
    case 'splat': {
      const [, each] = expression.children
      const steps = each?.type === 'relativeTraversal' ? each.meta.traversal.map(stepOf) : []
      return longer(expression.children[0], [{ element: 'each' }, ...steps])
    }
    default:
      return undefined
  }
}

function longer(source: Expression | undefined, steps: readonly Step[]): Reference | undefined {
  const reference = source && referenceOf(source)
  return reference && { root: reference.root, steps: [...reference.steps, ...steps] }
}

/** `["name"]` may be of an object as well as of a map. */
function stepOf({ type, segment }: TFExpressionSyntaxTree.TerraformTraversalPart): Step {
  return type === 'nameTraversal' ? { attribute: segment } : { element: 'one' }
}

/** Expressions within one that is a reference: keys. */
function besides(expression: Expression): readonly Expression[] {
  const [source, ...others] = expression.children
  if (expression.type === 'index') return [...(source ? besides(source) : []), ...others]
  return source ? besides(source) : []
}
