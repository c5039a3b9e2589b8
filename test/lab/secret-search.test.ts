import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { searchFor } from './secret-search.ts'

// Without a line feed: one stands on both sides of what is searched, and would make a part of the key longer by a byte.
const key = Buffer.from(randomBytes(1024).map((byte) => (byte === 0x0a ? 0x0b : byte)))
const search = searchFor([
  { name: 'key', bytes: key },
  { name: 'token', bytes: Buffer.from('a-short-token') },
])

const around = (content: Uint8Array | string) =>
  Buffer.concat([randomBytes(1000), Buffer.from('text\n'), Buffer.from(content), Buffer.from('\n'), randomBytes(1000)])
const base64 = (start: number, end: number) => key.subarray(start, end).toString('base64')

describe('a secret is found', () => {
  test('in any 24 bytes of it', () => {
    const starts = Array.from({ length: 1001 }, (_, start) => start)
    const missed = starts.filter((start) => search(around(key.subarray(start, start + 24))).join() !== 'key')
    expect(missed).toEqual([])
  })

  test.each([
    ['whole', key, 'key'],
    ['as hexadecimal digits', key.toString('hex', 501, 525), 'key as hex'],
    ['as hexadecimal digits of the other case', key.toString('hex', 0, 24).toUpperCase(), 'key as hex'],
    ['as base64', base64(0, 24), 'key as base64'],
    ['as base64 from its second byte on', base64(1, 1024), 'key as base64'],
    ['as base64 from its third byte on', base64(2, 26), 'key as base64'],
    ['as base64 of more than itself', Buffer.concat([Buffer.from('{"key":'), key]).toString('base64'), 'key as base64'],
    ['as base64 in lines', key.toString('base64').replaceAll(/.{76}/g, '$&\n'), 'key as base64'],
    ['that is short', 'a-short-token', 'token'],
    ['that is short, as base64', Buffer.from('{"t":"a-short-token"}').toString('base64'), 'token as base64'],
  ])('%s', (_how, content, name) => {
    expect(search(around(content))).toEqual([name])
  })

  test('at the beginning, at the end, and beside another one', () => {
    expect(search(key.subarray(0, 24))).toEqual(['key'])
    expect(search(Buffer.concat([key.subarray(-24), Buffer.from('a-short-token')]))).toEqual(['key', 'token'])
  })
})

describe('nothing is found', () => {
  test.each([
    ['in nothing', ''],
    ['in other bytes', randomBytes(1_000_000)],
    ['in its fingerprint', createHash('sha256').update(key).digest('hex')],
    ['in less than 24 bytes of it', key.subarray(100, 123)],
    ['in a part of one that is short', 'a-short-toke'],
  ])('%s', (_where, content) => {
    expect(search(around(content))).toEqual([])
  })
})
