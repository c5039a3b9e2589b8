import type { BodySchema } from './provider-schema.ts'

/**
 * Reads a resource type's schema out of the JavaScript that CDK Terrain makes from it (`lib/instance/index.js` of
 * @cdktn/provider-aws): a line of comment an attribute, then a class of its own for what is nested in it.
 */
export function schemaOfBindings(script: string): BodySchema {
  const classes = new Map<string, string>()
  for (const [, name = '', text = ''] of script.matchAll(/^class (\w+) extends [^]*?\n([^]*?)^}$/gm)) {
    classes.set(name, text)
  }
  const main = [...classes].find(([, text]) => text.includes('static tfResourceType'))
  if (main === undefined) throw new Error('no class of a resource type in the bindings')
  return bodySchema(main[1], classes)
}

const attribute =
  /^ {4}\/\/ (?<name>\w+) - computed: (?<computed>\w+), optional: (?<optional>\w+), required: (?<required>\w+)\n {4}\w+ = new (?<nested>\w+?)(?:OutputReference|List)\(|^ {4}\/\/ (?<simple>\w+) - computed: (?<isComputed>\w+), optional: (?<isOptional>\w+), required: (?<isRequired>\w+)$/gm

function bodySchema(text: string, classes: ReadonlyMap<string, string>): BodySchema {
  const required: string[] = []
  const optional: string[] = []
  const computed: string[] = []
  const blocks: Record<string, BodySchema> = {}
  for (const { groups = {} } of text.matchAll(attribute)) {
    const name = groups['name'] ?? groups['simple'] ?? ''
    const isRequired = (groups['required'] ?? groups['isRequired']) === 'true'
    const isOptional = (groups['optional'] ?? groups['isOptional']) === 'true'
    if (isRequired) required.push(name)
    else if (isOptional) optional.push(name)
    else computed.push(name)
    const nested = groups['nested'] === undefined ? undefined : classes.get(`${groups['nested']}OutputReference`)
    if (nested !== undefined && (isRequired || isOptional)) blocks[name] = bodySchema(nested, classes)
  }
  return { required, optional, computed, blocks }
}
