import { describe, expect, test } from 'vitest'
import {
  describedSchema,
  descriptionKey,
  pathsOf,
  rolesOf,
  type SchemaNode,
} from '../../src/config/described-schema.ts'
import { descriptions } from '../../src/config/descriptions.ts'
import { jsonSchema } from '../../src/config/schema.ts'

const roles = rolesOf(jsonSchema())
const keys = roles.flatMap(({ role, schema }) => pathsOf(schema).map((path) => descriptionKey(role, path)))

describe('the descriptions', () => {
  test('tell of every key that may be written', () => {
    expect([...new Set(keys)].filter((key) => descriptions[key] === undefined)).toEqual([])
  })

  test('tell of no other', () => {
    expect(Object.keys(descriptions).filter((key) => !keys.includes(key))).toEqual([])
  })

  test('are sentences', () => {
    expect(Object.values(descriptions).filter((text) => !/^(?:[A-Z]|").*\.$/.test(text))).toEqual([])
  })
})

const schemaOf = (role: SchemaNode): SchemaNode => ({
  properties: { role, slurm: { properties: { nodes: { items: { properties: { cpus: { type: 'integer' } } } } } } },
})

describe('a schema with descriptions', () => {
  test('has them at every depth, and is the same else', () => {
    expect(describedSchema(schemaOf({ const: 'frontend' }))).toEqual({
      properties: {
        role: { const: 'frontend', description: descriptions['role'] },
        slurm: {
          description: descriptions['slurm'],
          properties: {
            nodes: {
              description: descriptions['slurm.nodes'],
              items: { properties: { cpus: { type: 'integer', description: descriptions['slurm.nodes[].cpus'] } } },
            },
          },
        },
      },
    })
  })

  test.each(['oneOf', 'anyOf'])('may be a union of roles by %s', (key) => {
    const schema: SchemaNode = { [key]: [schemaOf({ const: 'frontend' }), schemaOf({ enum: ['job'] })] }
    expect(rolesOf(schema).map(({ role }) => role)).toEqual(['frontend', 'job'])
    expect(rolesOf(describedSchema(schema)).map((one) => one.schema.properties?.['slurm']?.description)).toEqual([
      descriptions['slurm'],
      descriptions[descriptionKey('job', 'slurm')],
    ])
  })
})
