import type { Block, Module } from './hcl.ts'
import { type VariableType, variableType } from './variable-type.ts'

const marked = /(?<=<!-- made by scripts\/terraform-tables\.ts -->\n)[^]*(?=<!-- until here -->\n)/

const mustBeGiven = 'must be given'

/** The text with the tables of what the module takes and gives between its two marks. */
export async function withModuleTables(text: string, module: Module): Promise<string> {
  if (!marked.test(text)) throw new Error('the marks between which the tables of the module belong are not there')
  const inputs = await Promise.all(ofKind(module, 'variable').map(inputRows))
  const outputs = ofKind(module, 'output').map(({ labels: [name], body }) => [code(name), String(body['description'])])
  const tables = [
    table(['input', 'type', 'default', 'what it is'], inputs.flat()),
    table(['output', 'what it is'], outputs),
  ]
  return text.replace(marked, () => `\n${tables.join('\n\n')}\n\n`)
}

/** What must be given comes first. */
function ofKind({ blocks }: Module, kind: Block['kind']): readonly Block[] {
  const found = blocks.filter((block) => block.kind === kind)
  const isNeeded = ({ body }: Block) => kind === 'variable' && !('default' in body)
  return [...found.filter(isNeeded), ...found.filter((block) => !isNeeded(block))]
}

type Row = readonly string[]

async function inputRows({ labels: [name = ''], body }: Block): Promise<readonly Row[]> {
  const type = await variableType(body['type'])
  const otherwise = 'default' in body ? code(JSON.stringify(body['default'])) : mustBeGiven
  return [[code(name), typeName(type), otherwise, String(body['description'])], ...attributeRows(name, type)]
}

/** One for each name in an object. */
function attributeRows(place: string, type: VariableType): readonly Row[] {
  if (type.is === 'collection') return attributeRows(`${place}[*]`, type.of)
  if (type.is !== 'object') return []
  return [...type.attributes].flatMap(([name, { type: inner, otherwise }]) => [
    [code(`${place}.${name}`), typeName(inner), otherwise === undefined ? mustBeGiven : code(otherwise), ''],
    ...attributeRows(`${place}.${name}`, inner),
  ])
}

function typeName(type: VariableType): string {
  if (type.is === 'collection') return `${type.name} of ${typeName(type.of)}`
  return type.is === 'primitive' ? type.name : type.is
}

function code(text: string | undefined): string {
  return `\`${text ?? ''}\``
}

function table(head: Row, body: readonly Row[]): string {
  const rows = [head, ...body.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))]
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const aligned = rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
  const [first = [], ...others] = aligned
  const rule = widths.map((width) => '-'.repeat(width))
  return [first, rule, ...others].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
