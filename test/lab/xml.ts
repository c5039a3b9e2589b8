/** A node of an answer: text, a list (EC2 wraps each element in `item`), or named children; undefined is left out. */
export type Xml = string | number | boolean | readonly Xml[] | XmlElements

export interface XmlElements {
  readonly [name: string]: Xml | undefined
}

export function printXml(name: string, node: Xml, attributes = ''): string {
  return `<${name}${attributes}>${content(node)}</${name}>`
}

function content(node: Xml): string {
  if (typeof node !== 'object') return escapeText(String(node))
  if (isList(node)) return node.map((item) => printXml('item', item)).join('')
  return Object.entries(node)
    .map(([name, child]) => (child === undefined ? '' : printXml(name, child)))
    .join('')
}

function isList(node: readonly Xml[] | XmlElements): node is readonly Xml[] {
  return Array.isArray(node)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
