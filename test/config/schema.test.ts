import { expect, test } from 'vitest'
import { jsonSchema } from '../../src/config/schema.ts'

test('the JSON Schema asks a role for what has no default, and takes no unknown keys', () => {
  expect(jsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    oneOf: [
      {
        type: 'object',
        required: ['role', 'efs', 'dataVolume'],
        additionalProperties: false,
        properties: {
          role: { const: 'frontend' },
          hostname: { type: 'string', default: 'frontend-server' },
          efs: { required: ['fileSystemId'], additionalProperties: false },
          dataVolume: {
            anyOf: [{ required: ['volumeId'] }, { required: ['deviceName'] }],
            additionalProperties: false,
          },
        },
      },
      {
        type: 'object',
        required: ['role', 'hostname', 'efs'],
        additionalProperties: false,
        properties: { role: { const: 'job' }, nfs: { additionalProperties: false } },
      },
    ],
  })
})
