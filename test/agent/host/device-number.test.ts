import { expect, test } from 'vitest'
import { deviceNumber } from '../../../agent/host/device-number.ts'

test.each([
  ['/dev/sda1', 0x801n, { major: 8, minor: 1 }],
  ['/dev/nvme1n1', 0x1_0305n, { major: 259, minor: 5 }],
  ['the 300th loop device', 0x10_072cn, { major: 7, minor: 300 }],
  ['an anonymous one', 0x10_0002n, { major: 0, minor: 258 }],
  ['the highest', 0xffff_ffff_ffff_ffffn, { major: 0xffff_ffff, minor: 0xffff_ffff }],
])('the number of %s', (_what, device, number) => {
  expect(deviceNumber(device)).toEqual(number)
})
