import { expect, test } from 'vitest'
import { held } from '../../src/steps/holds.ts'
import { imageDaemons } from '../../src/steps/image-daemons.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { serviceShow, serviceShown } from './services.ts'

const step = imageDaemons([
  ...held('munge.service'),
  ...held('slurmd.service'),
  { is: 'masked', unit: 'rpcbind.socket' },
])

async function decideOn(stdout: string) {
  const host = fakeHost({ commands: { [serviceShow('munge.service slurmd.service')]: stdout } })
  return step.decide(undefined, await step.observe(undefined, host, signal), [])
}

test('nothing is in the way of a bake where no daemon of the role is at work', async () => {
  const rest = serviceShown('inactive')
  expect(await decideOn(`${rest}\n${rest}`)).toEqual({
    is: 'converged',
    because: 'no daemon of the role is at work',
  })
})

test.each(['active', 'activating', 'deactivating', 'reloading', 'failed'])(
  'a daemon that is %s may be that of a cluster',
  async (state) => {
    expect(await decideOn(`${serviceShown('inactive')}\n${serviceShown(state)}`)).toEqual({
      is: 'refuse',
      code: 'IMAGE_UNIT_RUNS',
      because: `not at rest: slurmd.service is ${state}`,
      hint: 'bake on an instance of no cluster; if this is one, systemctl disable --now slurmd.service, and systemctl reset-failed slurmd.service',
    })
  },
)

test('so may be one that systemd does not tell of', async () => {
  expect(await decideOn(serviceShown('inactive'))).toMatchObject({
    is: 'refuse',
    because: 'not at rest: slurmd.service is unknown',
  })
})
