import { expect, test } from 'vitest'
import { parseFdinfo } from '../../src/formats/fdinfo.ts'

const fdinfo = (flags: string) => `pos:\t0\nflags:\t${flags}\nmnt_id:\t23\nino:\t3\n`

test.each([
  ['to be read', '0100000', false],
  ['to be written', '0100001', true],
  ['to be appended to', '02102001', true],
  ['for both', '0100002', true],
])('a file that was opened %s', (_how, flags, isForWriting) => {
  expect(parseFdinfo(fdinfo(flags))).toEqual({ isForWriting, mountId: '23' })
})

test('one that was closed meanwhile is not written to', () => {
  expect(parseFdinfo('')).toEqual({ isForWriting: false, mountId: '' })
})
