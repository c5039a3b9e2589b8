import { describe, expect, test } from 'vitest'
import type { UnitRule } from '../../src/engine/step.ts'
import { held, holdPath } from '../../src/steps/holds.ts'
import { imageUnits } from '../../src/steps/image-units.ts'
import { signal } from '../fake-host.ts'
import { unitsShow, unitsShown } from './services.ts'
import { file, settle, smallMachine, type Tree } from './small-machine.ts'

const timer = 'slurm-node-agent.timer'
const dropIn = '/etc/systemd/system/munge.service.d/slurm-node-agent-hold.conf'
const mask: UnitRule = { is: 'masked', unit: 'rpcbind.socket' }
const step = imageUnits([...held('munge.service'), ...held('nfs-server.service', 'nfs-mountd.service'), mask])
const asked = unitsShow(timer, 'munge.service', 'nfs-server.service', 'nfs-mountd.service')

const shown = (active: string, enabled = false) =>
  unitsShown(active).replace('=enabled', enabled ? '=enabled' : '=disabled')

const inactive = shown('inactive')
const converged = { is: 'converged', because: 'no daemon of the role runs, and each is held' }

function machineWith(states: readonly string[], local: Tree = new Map()) {
  const commands = { [asked]: states.join('\n') }
  return smallMachine({
    local,
    script: { commands },
    run: ({ argv }) => {
      expect(argv).toEqual(['systemctl', 'disable', '--now', timer])
      commands[asked] = [inactive, ...states.slice(1)].join('\n')
    },
  })
}

describe('the units of an image', () => {
  test('are held, also those that the image has brought along', async () => {
    const there: Tree = new Map([['/lib/systemd/system/munge.service', file('[Unit]\n')]])
    const machine = machineWith([inactive, inactive, inactive, inactive], there)
    expect(await settle(step, undefined, machine)).toEqual(converged)
    expect(machine.content(holdPath('munge.service'))).toBe('')
    expect(machine.content(dropIn)).toContain(`ConditionPathExists=!${holdPath('munge.service')}\n`)
    expect(machine.at('/etc/systemd/system/rpcbind.socket')).toEqual({ kind: 'symlink', target: '/dev/null' })
    const done = [...machine.done]
    expect(await settle(step, undefined, machine)).toEqual(converged)
    expect(machine.done).toEqual(done)
  })

  test.each([
    ['is enabled', shown('inactive', true)],
    ['runs', shown('active')],
  ])('start no run of the agent: its timer, which %s, is stopped', async (_how, state) => {
    const machine = machineWith([state, inactive, inactive, inactive])
    expect(await settle(step, undefined, machine)).toEqual(converged)
    expect(machine.done.at(-1)).toBe(`systemctl disable --now ${timer}`)
  })

  test('are no cluster’s: nothing is done where one runs or has failed', async () => {
    const units = 'munge.service nfs-server.service nfs-mountd.service'
    const machine = machineWith([inactive, shown('active'), shown('activating'), shown('failed')])
    expect(step.decide(undefined, await step.observe(undefined, machine.host, signal), [])).toEqual({
      is: 'refuse',
      code: 'IMAGE_UNIT_RUNS',
      because: 'not at rest: munge.service is active, nfs-server.service is activating, nfs-mountd.service is failed',
      hint: `bake on an instance of no cluster; if this is one, systemctl disable --now ${units}, and systemctl reset-failed ${units}`,
    })
  })
})
