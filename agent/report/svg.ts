type Attributes = Readonly<Record<string, string | number>>

/** An element of SVG, written out, a line each; what is not an element is text, and is escaped. */
export interface Element {
  readonly lines: readonly string[]
}

export function element(name: string, attributes: Attributes, ...children: readonly (Element | string)[]): Element {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(valueOf(value))}"`)
  const open = `<${name}${written.join('')}`
  if (children.length === 0) return { lines: [`${open}/>`] }
  if (children.every((child) => typeof child === 'string')) {
    return { lines: [`${open}>${children.map(escape).join('')}</${name}>`] }
  }
  const inner = children.flatMap((child) => (typeof child === 'string' ? [escape(child)] : child.lines))
  return { lines: [`${open}>`, ...inner.map((line) => `  ${line}`), `</${name}>`] }
}

/** A tenth of a pixel is finer than anybody sees. */
function valueOf(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value
}

/** XML cannot hold control characters at all, not even escaped; a program's output, which a reason quotes, can. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
