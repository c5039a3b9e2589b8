import { expect, test } from 'vitest'
import { nearestName } from '../../src/engine/nearest-name.ts'

const known = ['hostname', 'dataVolume', 'nfs', 'EFS_PORT_CLOSED']

test.each([
  ['hostnam', 'hostname', true],
  ['HOSTNAME', 'hostname', true],
  ['efs_port_close', 'EFS_PORT_CLOSED', true],
  ['EFSPRTCLOSE', 'EFS_PORT_CLOSED', true],
  ['PORT_CLOSED', 'EFS_PORT_CLOSED', true],
  ['EFS_PORT', 'nfs', false],
  ['n', 'nfs', true],
  ['xyz', 'nfs', false],
  ['', 'nfs', false],
])('of what is known, %j is nearest to %s (likely: %s)', (written, name, isLikely) => {
  expect(nearestName(written, known)).toEqual({ name, isLikely })
})

test('of two that are equally near, the first is named', () => {
  expect(nearestName('ac', ['ab', 'ad'])).toEqual({ name: 'ab', isLikely: true })
})

test('nothing is near where nothing is known', () => {
  expect(nearestName('hostname', [])).toBeUndefined()
})
