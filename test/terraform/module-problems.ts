import { join } from 'node:path'
import { interpolations, parseExpression, type Reference, referencesIn } from './expressions.ts'
import { addressOf, type Block, type Body, isBody, type Module, readModule } from './hcl.ts'
import { namesIn } from './names.ts'
import type { ProviderSchema } from './provider-schema.ts'
import { referenceProblem } from './reference-problems.ts'
import { schemaProblems, suggestion } from './schema-problems.ts'

/** All that can be told to be wrong with the module in a folder where its provider is not at hand. */
export async function folderProblems(folder: string, schema: ProviderSchema): Promise<readonly string[]> {
  return await moduleProblems(await readModule(folder), schema, (source) => readModule(join(folder, source)))
}

/** `read` gives the module that is called by a source. */
export async function moduleProblems(
  module: Module,
  schema: ProviderSchema,
  read: (source: string) => Promise<Module>,
): Promise<readonly string[]> {
  const names = await namesIn(module)
  const called = new Map<string, Module>()
  for (const { kind, labels, body } of module.blocks) {
    if (kind === 'module') called.set(labels[0] ?? '', await read(String(body['source'])))
  }
  const problems = [...declaredTwice(module), ...module.blocks.flatMap((block) => schemaProblems(block, schema))]
  const used = new Set<string>()
  for (const { place, block, value } of placesIn(module)) {
    for (const reference of await referencesOf(value)) {
      used.add(usedName(reference))
      const problem = referenceProblem(reference, { names, schema, called, block })
      if (problem !== undefined) problems.push(`${place}: ${problem}`)
    }
  }
  for (const block of module.blocks) problems.push(...callProblems(block, called))
  const declared = [
    ...[...names.variables.keys()].map((name) => `var.${name}`),
    ...[...names.locals.keys()].map((name) => `local.${name}`),
  ]
  return [...problems, ...declared.filter((name) => !used.has(name)).map((name) => `${name} is not used`)]
}

interface Place {
  readonly place: string
  readonly block: Block | undefined
  readonly value: unknown
}

/** Where expressions stand. */
function placesIn({ blocks, locals }: Module): readonly Place[] {
  return [
    ...locals.map(({ file, name, value }) => ({ place: `${file}: local.${name}`, block: undefined, value })),
    ...blocks.map((block) => ({ place: `${block.file}: ${addressOf(block)}`, block, value: expressionsOf(block) })),
  ]
}

/** Not the type of a variable, and not the names in ignore_changes, which are no expressions. */
function expressionsOf({ kind, body }: Block): Body {
  if (kind === 'variable') return without(body, 'type')
  const { lifecycle: blocks } = body
  if (!Array.isArray(blocks)) return body
  return { ...body, lifecycle: blocks.map((block) => (isBody(block) ? without(block, 'ignore_changes') : block)) }
}

function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name))
}

async function referencesOf(value: unknown): Promise<readonly Reference[]> {
  if (typeof value === 'string') {
    const expressions = await Promise.all(interpolations(value).map(parseExpression))
    return expressions.flatMap((expression) => referencesIn(expression))
  }
  if (Array.isArray(value)) return (await Promise.all(value.map(referencesOf))).flat()
  return isBody(value) ? await referencesOf(Object.entries(value).flat()) : []
}

function usedName({ root, steps: [first] }: Reference): string {
  return first !== undefined && 'attribute' in first ? `${root}.${first.attribute}` : root
}

function declaredTwice({ blocks, locals }: Module): readonly string[] {
  const all = [
    ...blocks.filter(({ labels, kind }) => labels.length > 0 && kind !== 'provider').map(addressOf),
    ...locals.map(({ name }) => `local.${name}`),
  ]
  return all.filter((name, index) => all.indexOf(name) !== index).map((name) => `${name} is declared twice`)
}

const ofCalls = ['count', 'depends_on', 'for_each', 'providers', 'source', 'version']

function callProblems(block: Block, called: ReadonlyMap<string, Module>): readonly string[] {
  const module = block.kind === 'module' ? called.get(block.labels[0] ?? '') : undefined
  if (module === undefined) return []
  const place = `${block.file}: ${addressOf(block)}`
  const variables = module.blocks.filter(({ kind }) => kind === 'variable')
  const known = variables.flatMap(({ labels }) => labels)
  const needed = variables.filter(({ body }) => !('default' in body)).flatMap(({ labels }) => labels)
  const given = Object.keys(block.body).filter((name) => !ofCalls.includes(name))
  return [
    ...given
      .filter((name) => !known.includes(name))
      .map((name) => `${place}: the module has no variable ${name}${suggestion(name, known)}`),
    ...needed.filter((name) => !given.includes(name)).map((name) => `${place}: ${name} is missing`),
  ]
}
