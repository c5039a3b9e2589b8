import { describe, expect, test } from 'vitest'
import { parseFrontendRecord, parseNodeRecord, printRecord } from '../../src/formats/node-record.ts'

const node = { name: 'job-1', address: '10.0.0.11' }
const withHardware = {
  ...node,
  hardware: { cpus: 2, sockets: 1, coresPerSocket: 1, threadsPerCore: 2, memoryMiB: 1979 },
}
const frontEnd = { name: 'frontend-server', address: '10.0.0.10', exports: '/mnt/shared' }

describe('a record on the share', () => {
  test('is read as it was written', () => {
    expect(parseNodeRecord(printRecord(node))).toEqual(node)
    expect(parseNodeRecord(printRecord(withHardware))).toEqual(withHardware)
    expect(parseFrontendRecord(printRecord(frontEnd))).toEqual(frontEnd)
  })

  test('of a later version may say more', () => {
    expect(parseNodeRecord(JSON.stringify({ ...node, zone: 'a' }))).toEqual(node)
  })

  test.each(['', '{"name": "jo', 'null', '[]', '{"name":"job-1"}'])('that is none is not taken for one: %s', (text) => {
    expect([parseNodeRecord(text), parseFrontendRecord(text)]).toEqual([undefined, undefined])
  })

  test.each([{ ...withHardware.hardware, cpus: 0 }, { ...withHardware.hardware, cpus: '2 Port=1' }, { cpus: 2 }, 8])(
    'with impossible hardware is not taken: %o',
    (hardware) => {
      expect(parseNodeRecord(JSON.stringify({ ...node, hardware }))).toBeUndefined()
    },
  )

  test.each([
    { ...frontEnd, name: 'job-1 Port=1' },
    { ...frontEnd, name: '' },
    { ...frontEnd, address: '10.0.0' },
    { ...frontEnd, address: '10.0.0.10\nNodeName=x' },
    { ...frontEnd, exports: '/mnt/shared /etc nfs4 defaults' },
    { ...frontEnd, exports: 'mnt' },
  ])('that would say something else in a file of another format is not taken: %o', (record) => {
    expect(parseFrontendRecord(JSON.stringify(record))).toBeUndefined()
  })
})
