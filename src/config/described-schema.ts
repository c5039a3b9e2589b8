import { descriptions } from './descriptions.ts'

/** What of a JSON Schema tells a reader something. */
export interface SchemaNode {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly items?: SchemaNode
  readonly oneOf?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
}

/** The schema, with what each key is for, as editors show it. */
export function describedSchema(schema: SchemaNode): SchemaNode {
  const { oneOf, anyOf } = schema
  if (schema.properties === undefined && oneOf !== undefined) return { ...schema, oneOf: oneOf.map(describedSchema) }
  if (schema.properties === undefined && anyOf !== undefined) return { ...schema, anyOf: anyOf.map(describedSchema) }
  const [role] = rolesOf(schema)
  return role === undefined ? schema : described(schema, '', role.role)
}

/** The schema of each role: where there are several, the whole is a union that the key `role` tells apart. */
export function rolesOf(schema: SchemaNode): readonly { readonly role: string; readonly schema: SchemaNode }[] {
  const alternatives = schema.properties === undefined ? (schema.oneOf ?? schema.anyOf ?? []) : [schema]
  return alternatives.map((one) => {
    const { const: only, enum: names = [] } = one.properties?.['role'] ?? {}
    return { role: String(only ?? names[0]), schema: one }
  })
}

/** Every key that may be written, by its path: `efs.tls`, `slurm.nodes[].cpus`. */
export function pathsOf({ properties = {} }: SchemaNode, prefix = ''): readonly string[] {
  return Object.entries(properties).flatMap(([key, node]) => {
    const path = `${prefix}${key}`
    return [path, ...pathsOf(node, `${path}.`), ...pathsOf(node.items ?? {}, `${path}[].`)]
  })
}

/** Where the text is that describes the key, for that role. */
export function descriptionKey(role: string, path: string): string {
  return Object.hasOwn(descriptions, `${role}:${path}`) ? `${role}:${path}` : path
}

function described(node: SchemaNode, path: string, role: string): SchemaNode {
  const description = descriptions[descriptionKey(role, path)]
  const { properties, items } = node
  return {
    ...(description === undefined ? {} : { description }),
    ...node,
    ...(properties === undefined ? {} : { properties: describedProperties(properties, path, role) }),
    ...(items === undefined ? {} : { items: described(items, `${path}[]`, role) }),
  }
}

function describedProperties(properties: Readonly<Record<string, SchemaNode>>, path: string, role: string) {
  const prefix = path === '' ? '' : `${path}.`
  return Object.fromEntries(
    Object.entries(properties).map(([key, node]) => [key, described(node, `${prefix}${key}`, role)]),
  )
}
