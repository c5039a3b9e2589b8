import { expect, test } from 'vitest'
import { held } from '../../src/steps/holds.ts'
import { imageDaemons } from '../../src/steps/image-daemons.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { unitsShow, unitsShown } from './services.ts'

const step = imageDaemons([
  ...held('munge.service'),
  ...held('slurmd.service'),
  { is: 'masked', unit: 'rpcbind.socket' },
])

async function decideOn(stdout: string) {
  const host = fakeHost({ commands: { [unitsShow('munge.service', 'slurmd.service')]: stdout } })
  return step.decide(undefined, await step.observe(undefined, host, signal), [])
}

test('nothing is in the way of a bake where no daemon of the role is at work', async () => {
  const rest = unitsShown('inactive')
  expect(await decideOn(`${rest}\n${rest}`)).toEqual({
    is: 'converged',
    because: 'no daemon of the role is at work',
  })
})

test.each(['active', 'activating', 'deactivating', 'reloading', 'failed'])(
  'a daemon that is %s may be that of a cluster',
  async (state) => {
    expect(await decideOn(`${unitsShown('inactive')}\n${unitsShown(state)}`)).toEqual({
      is: 'refuse',
      code: 'IMAGE_UNIT_RUNS',
      because: `not at rest: slurmd.service is ${state}`,
      hint: 'bake on an instance of no cluster; if this is one, systemctl disable --now slurmd.service, and systemctl reset-failed slurmd.service',
    })
  },
)

test('so may be one whose state systemd does not tell', async () => {
  expect(await decideOn(`${unitsShown('inactive')}\nLoadState=loaded\n`)).toMatchObject({
    is: 'refuse',
    because: 'not at rest: slurmd.service is unknown',
  })
})
