import { describe, expect, test } from 'vitest'
import { intentPath, parseIntent, printIntent } from '../../src/formats/format-intent.ts'

const intent = {
  volumeId: 'vol-0123456789abcdef0',
  instanceId: 'i-0123456789abcdef0',
  uuid: '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01',
}

describe('the intent to format', () => {
  test('is read as it was written', () => {
    expect(parseIntent(printIntent(intent))).toEqual(intent)
    expect(intentPath(intent.volumeId)).toBe('/var/lib/slurm-node-agent/format/vol-0123456789abcdef0.json')
  })

  test.each([
    undefined,
    '',
    '{',
    '[]',
    'null',
    '{}',
    printIntent(intent).slice(0, 50),
    printIntent({ ...intent, uuid: 'x' }),
    JSON.stringify({ ...intent, more: 1 }),
  ])('is none when the file is not whole: %j', (text) => {
    expect(parseIntent(text)).toBe(undefined)
  })
})
