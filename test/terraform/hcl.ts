import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from '@cdktn/hcl2json'

export type Body = Readonly<Record<string, unknown>>

/** A block with its labels, such as `resource "aws_instance" "job"`. */
export interface Block {
  readonly file: string
  readonly kind: keyof typeof labelled
  readonly labels: readonly string[]
  readonly body: Body
}

export interface Module {
  readonly blocks: readonly Block[]
  readonly locals: readonly { readonly file: string; readonly name: string; readonly value: unknown }[]
}

/** How many labels each kind of block has. */
const labelled = {
  check: 1,
  data: 2,
  module: 1,
  output: 1,
  provider: 1,
  resource: 2,
  terraform: 0,
  variable: 1,
  // Of Packer:
  build: 0,
  packer: 0,
  source: 2,
} as const

export async function readModule(folder: string): Promise<Module> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.tf')).toSorted()
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
  )
  return parseModule(Object.fromEntries(texts))
}

/** The files of one folder, by name. */
export async function parseModule(files: Readonly<Record<string, string>>): Promise<Module> {
  const blocks: Block[] = []
  const locals: Module['locals'][number][] = []
  for (const [file, text] of Object.entries(files)) {
    for (const [kind, content] of Object.entries(bodyOf(await parse(file, text)))) {
      if (kind === 'locals') {
        for (const body of bodiesOf(content)) {
          for (const [name, value] of Object.entries(body)) locals.push({ file, name, value })
        }
      } else {
        if (!isKind(kind)) throw new Error(`${file}: a block of the kind ${kind} is not known here`)
        blocks.push(...labelledBlocks(file, kind, content, labelled[kind], []))
      }
    }
  }
  return { blocks, locals }
}

function isKind(kind: string): kind is Block['kind'] {
  return Object.hasOwn(labelled, kind)
}

function labelledBlocks(
  file: string,
  kind: Block['kind'],
  content: unknown,
  left: number,
  labels: readonly string[],
): readonly Block[] {
  if (left === 0) return bodiesOf(content).map((body) => ({ file, kind, labels, body }))
  return Object.entries(bodyOf(content)).flatMap(([label, inner]) =>
    labelledBlocks(file, kind, inner, left - 1, [...labels, label]),
  )
}

export function bodyOf(value: unknown): Body {
  if (!isBody(value)) throw new Error(`no block: ${JSON.stringify(value)}`)
  return value
}

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Blocks are lists of bodies, also where there is one. */
export function bodiesOf(value: unknown): readonly Body[] {
  if (!Array.isArray(value)) throw new Error(`no blocks: ${JSON.stringify(value)}`)
  return value.map(bodyOf)
}

/** Blocks of one type that are made for what is in a collection: `dynamic "tag"`. */
export interface DynamicBlocks {
  readonly type: string
  readonly collection: unknown
  readonly content: Body
}

export function dynamicBlocks({ dynamic = {} }: Body): readonly DynamicBlocks[] {
  return Object.entries(bodyOf(dynamic)).flatMap(([type, blocks]) =>
    bodiesOf(blocks).flatMap(({ for_each: collection, content }) =>
      bodiesOf(content).map((body) => ({ type, collection, content: body })),
    ),
  )
}

/** As terraform names it: `aws_instance.job`, `data.aws_ami.ubuntu`, `var.name`. */
export function addressOf({ kind, labels }: Pick<Block, 'kind' | 'labels'>): string {
  if (kind === 'resource') return labels.join('.')
  return [kind === 'variable' ? 'var' : kind, ...labels].join('.')
}
