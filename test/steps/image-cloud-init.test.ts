import { describe, expect, test } from 'vitest'
import type { FileStat } from '../../src/engine/host.ts'
import { cloudInit } from '../../src/steps/image-cloud-init.ts'
import { fakeHost, signal } from '../fake-host.ts'

const path = '/usr/bin/cloud-init'
const program: FileStat = { kind: 'file', mode: 0o755, owner: 'root:root', sizeBytes: 976, changedAtMs: 0 }

const look = (answer: string | { stdout: string; exitCode: number }) =>
  cloudInit.observe(
    undefined,
    fakeHost({ stats: { [path]: program }, commands: { 'cloud-init status': answer } }),
    signal,
  )

describe('cloud-init', () => {
  test('is waited for while it is at work', () => {
    expect(cloudInit.decide(undefined, { status: 'running' }, [])).toEqual({
      is: 'wait',
      code: 'CLOUD_INIT_RUNNING',
      for: 'the end of cloud-init status --wait',
    })
  })

  test.each(['done', 'error', 'disabled', 'not run'])('is through where its status is %s', (status) => {
    expect(cloudInit.decide(undefined, { status }, [])).toEqual({
      is: 'converged',
      because: `cloud-init status: ${status}`,
    })
  })

  test('is needed', () => {
    expect(cloudInit.decide(undefined, { status: undefined }, [])).toEqual({
      is: 'refuse',
      code: 'CLOUD_INIT_MISSING',
      because: 'there is no cloud-init, from which the instances of the image would have their SSH host keys',
      hint: 'install cloud-init, or bake on an official image, which has it',
    })
  })

  test('is asked, also where it failed', async () => {
    expect(await look('status: running\n')).toEqual({ status: 'running' })
    expect(await look({ stdout: 'status: error\n', exitCode: 1 })).toEqual({ status: 'error' })
    expect(await look({ stdout: 'status: done\n', exitCode: 2 })).toEqual({ status: 'done' })
  })

  test('is not asked where it is not', async () => {
    expect(await cloudInit.observe(undefined, fakeHost({ stats: { [path]: undefined } }), signal)).toEqual({
      status: undefined,
    })
  })
})
