import { describe, expect, test } from 'vitest'
import { slurmConfCopy } from '../../src/steps/slurm-conf-copy.ts'
import { jobConfiguration } from './configuration.ts'
import { cgroup, local, localCgroup, saved, share, shared, sharedCgroup, slurm } from './slurm-files.ts'
import { directory, file, settle, smallMachine } from './small-machine.ts'

const config = jobConfiguration()
const converged = { is: 'converged', because: "slurm.conf is the front end's, with the node job-1" }
const machineWith = (of: Pick<Parameters<typeof smallMachine>[0], 'local' | 'shared'>, address = '192.0.2.1') =>
  smallMachine({ ...of, script: { primaryAddress: address } })
const log = ['/var/log/slurm', directory(0o755)] as const

describe('the Slurm configuration of a job server', () => {
  test('is that of the share', async () => {
    const machine = machineWith({ local: new Map(), shared: share('PrivateData=jobs\n') })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.done).toEqual(['mkdir /var/log/slurm', `write ${local}`, `write ${localCgroup}`])
    expect([machine.content(local), machine.content(localCgroup)]).toEqual([slurm('PrivateData=jobs\n'), cgroup()])
  })

  test('follows it', async () => {
    const machine = machineWith({
      local: new Map([log, [local, file(slurm())], [localCgroup, file(cgroup())]]),
      shared: share('PrivateData=jobs\n'),
    })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${local}`])
    const again = machineWith({
      local: new Map([log, [local, file(slurm())], [localCgroup, file(cgroup())]]),
      shared: share(),
    })
    expect(await settle(slurmConfCopy, config, again)).toEqual(converged)
    expect(again.done).toEqual([])
  })

  test.each([shared, sharedCgroup])('is waited for while the front end has not written %s', async (path) => {
    const tree = share()
    tree.delete(path)
    const machine = machineWith({ local: new Map(), shared: tree })
    expect(await settle(slurmConfCopy, config, machine)).toEqual({
      is: 'wait',
      code: 'SLURM_CONF_NOT_PUBLISHED',
      for: `the front end, which writes ${path}`,
    })
    expect(machine.done).toEqual([])
  })

  test('that has no such node is not taken', async () => {
    const machine = machineWith({ local: new Map(), shared: share() })
    expect(await settle(slurmConfCopy, jobConfiguration({ hostname: 'job-9' }), machine)).toEqual({
      is: 'wait',
      code: 'NODE_NOT_CONFIGURED',
      for: `${shared} has no node job-9; it has job-[1-4]`,
    })
    expect(machine.done).toEqual([])
  })

  test('is waited for until it has the address of this machine', async () => {
    const machine = machineWith({ local: new Map(), shared: share() }, '10.0.0.11')
    expect(await settle(slurmConfCopy, config, machine)).toEqual({
      is: 'wait',
      code: 'NODE_ADDRESS_NOT_TAKEN_UP',
      for: `${shared} has job-1 at 192.0.2.1, not at 10.0.0.11: the front end's next run takes it up`,
    })
    expect(machine.done).toEqual([])
  })

  test('is saved where it has lines of its own that the share has not', async () => {
    const mine = slurm('SlurmdDebug=debug2\n')
    const machine = machineWith({
      local: new Map([log, [local, file(mine)], [localCgroup, file(cgroup())]]),
      shared: share('PrivateData=jobs\n'),
    })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.at(saved(local, mine))).toEqual(file(mine, 0o600))
    expect(machine.content(local)).toBe(slurm('PrivateData=jobs\n'))
  })

  test('of somebody else is saved before it is replaced', async () => {
    const machine = machineWith({
      local: new Map([log, [local, file('ClusterName=mine\n')], [localCgroup, file(cgroup())]]),
      shared: share(),
    })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.at(saved(local, 'ClusterName=mine\n'))).toEqual(file('ClusterName=mine\n', 0o600))
  })
})
