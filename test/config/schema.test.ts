import { expect, test } from 'vitest'
import { jsonSchema } from '../../src/config/schema.ts'

test('the JSON Schema asks for the role, the file system and one name of the volume alone, and takes no unknown keys', () => {
  expect(jsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['role', 'efs', 'dataVolume'],
    additionalProperties: false,
    properties: {
      hostname: { type: 'string', default: 'frontend-server' },
      efs: { required: ['fileSystemId'], additionalProperties: false },
      dataVolume: { anyOf: [{ required: ['volumeId'] }, { required: ['deviceName'] }], additionalProperties: false },
    },
  })
})
