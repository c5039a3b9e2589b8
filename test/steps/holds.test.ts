import { describe, expect, test } from 'vitest'
import type { UnitRule } from '../../src/engine/step.ts'
import { held, holdPath, letGo, missingRules, toPut } from '../../src/steps/holds.ts'
import { munge } from '../../src/steps/munge.ts'
import { nfsExport } from '../../src/steps/nfs-export.ts'
import { slurmctld } from '../../src/steps/slurmctld.ts'
import { configuration } from './configuration.ts'
import { file, type Place, smallMachine, type Tree } from './small-machine.ts'

const hold = '/var/lib/slurm-node-agent/held/nfs-server.service'
const dropIn = (unit: string) => `/etc/systemd/system/${unit}.d/slurm-node-agent-hold.conf`
const socket = '/etc/systemd/system/rpcbind.socket'
const mask: UnitRule = { is: 'masked', unit: 'rpcbind.socket' }
const rules = [...held('nfs-server.service', 'nfs-mountd.service'), mask]

/** Puts what is missing, as `packages` does, and tells what that was. */
async function put(tree: Tree): Promise<readonly string[]> {
  const machine = smallMachine({ local: tree })
  for (const missing of await missingRules(rules, machine.host)) machine.perform(toPut(missing))
  expect(await missingRules(rules, machine.host)).toEqual([])
  return machine.done
}

describe('units that are to come', () => {
  test('are held by a file, and the others with them, before the drop-ins that look for it', async () => {
    const tree: Tree = new Map()
    expect(await put(tree)).toEqual([
      `write ${hold}`,
      `write ${dropIn('nfs-server.service')}`,
      `write ${dropIn('nfs-mountd.service')}`,
      `symlink ${socket} -> /dev/null`,
    ])
    const content = `# Made by slurm-node-agent.\n[Unit]\nConditionPathExists=!${hold}\n`
    expect(tree.get(dropIn('nfs-mountd.service'))).toEqual(file(content))
    expect(await put(tree)).toEqual([])
  })

  test('are held by what a run that was cut off has left', async () => {
    const tree: Tree = new Map([
      [hold, file('')],
      [dropIn('nfs-server.service'), file('[Unit]\n')],
    ])
    expect(await put(tree)).toEqual([
      `write ${dropIn('nfs-server.service')}`,
      `write ${dropIn('nfs-mountd.service')}`,
      `symlink ${socket} -> /dev/null`,
    ])
  })

  test('stay the operator’s own where there is a file in the place of a mask', async () => {
    const tree: Tree = new Map([[socket, file('[Socket]\n')]])
    expect(await put(tree)).not.toContain(`symlink ${socket} -> /dev/null`)
    expect(tree.get(socket)).toEqual(file('[Socket]\n'))
  })
})

test('units that are there are left alone: they may run', async () => {
  const units = ['nfs-server.service', 'nfs-mountd.service', 'rpcbind.socket']
  const there = units.map((unit): [string, Place] => [`/lib/systemd/system/${unit}`, file('[Unit]\n')])
  expect(await put(new Map(there))).toEqual([])
})

test('a unit is let go by the removal of its file', () => {
  const because = 'munge.service was held from starting before it was configured'
  expect(letGo('munge.service')).toEqual({ do: 'remove', path: holdPath('munge.service'), because })
})

describe('of a front end', () => {
  const config = configuration({ slurm: { stateSaveLocation: '/mnt/work/state' } })
  const unitsOf = (of: readonly UnitRule[] | undefined, is: UnitRule['is']) =>
    (of ?? []).filter((rule) => rule.is === is).map(({ unit }) => unit)

  test('all daemons that need a key or a configuration are held', () => {
    expect(munge.units?.(config)).toEqual(held('munge.service'))
    expect(slurmctld.units?.(config)).toEqual(expect.arrayContaining([...held('slurmctld.service')]))
    expect(nfsExport.units?.(config)).toEqual(
      expect.arrayContaining([...held('nfs-server.service', 'nfs-mountd.service')]),
    )
  })

  test('the controller knows the mount of its state from the start', () => {
    const [last] = slurmctld.units?.(config).slice(-1) ?? []
    expect(last).toMatchObject({
      path: '/etc/systemd/system/slurmctld.service.d/slurm-node-agent.conf',
      content: expect.stringContaining('RequiresMountsFor=/mnt/work/state\n'),
    })
  })

  test('what only NFSv3 needs is masked, unless that is configured', () => {
    const v3Units = ['rpcbind.socket', 'rpcbind.service', 'rpc-statd.service']
    expect(unitsOf(nfsExport.units?.(config), 'masked')).toEqual(v3Units)
    expect(unitsOf(nfsExport.units?.(configuration({ nfs: { v3: true } })), 'masked')).toEqual([])
  })
})
