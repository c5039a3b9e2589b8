import { describe, expect, test } from 'vitest'
import { parseCloudInitStatus } from '../../src/formats/cloud-init-status.ts'

describe('what cloud-init says', () => {
  test.each([
    ['status: running\n', 'running'],
    ['status: not run\n', 'not run'],
    ['\nstatus: done\nextended_status: degraded done\n', 'done'],
  ])('%j is %s', (stdout, status) => {
    expect(parseCloudInitStatus(stdout)).toBe(status)
  })

  test('without a status is an error', () => {
    expect(() => parseCloudInitStatus('')).toThrow('cloud-init status says nothing')
  })
})
