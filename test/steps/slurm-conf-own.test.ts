import { describe, expect, test } from 'vitest'
import { slurmConf } from '../../src/steps/slurm-conf.ts'
import { signal } from '../fake-host.ts'
import {
  cgroup,
  config,
  converged,
  local,
  localCgroup,
  packaged,
  saved,
  script,
  settled,
  share,
  shared,
  sharedCgroup,
  slurm,
} from './slurm-files.ts'
import { directory, file, settle, smallMachine, type Tree } from './small-machine.ts'

describe('slurm-conf keeps the lines of the operator', () => {
  const own = 'PrologFlags=Contain\n'

  test('and takes them to the share', async () => {
    const machine = smallMachine({ local: settled(own), shared: share(), script })
    await settle(slurmConf, config, machine)
    expect([machine.done, machine.content(shared)]).toEqual([[`write ${shared}`], slurm(own)])
  })

  test('when a new front end takes over the share', async () => {
    const machine = smallMachine({ local: packaged(), shared: share(own), script })
    await settle(slurmConf, config, machine)
    expect([machine.done, machine.content(local)]).toEqual([[`write ${local}`, `write ${localCgroup}`], slurm(own)])
  })

  test('also when there are none any more: the local file counts', async () => {
    const machine = smallMachine({ local: settled(), shared: share(own), script })
    await settle(slurmConf, config, machine)
    expect([machine.done, machine.content(shared)]).toEqual([[`write ${shared}`], slurm()])
  })

  test('and saves those that were written on the share since, which do not count', async () => {
    const tree = share('MaxJobCount=9\n')
    const machine = smallMachine({ local: settled(own), shared: tree, script })
    const stat: typeof machine.host.stat = async (path) => {
      const found = await machine.host.stat(path)
      return found && { ...found, changedAtMs: path === shared ? 2 : 1 }
    }
    await settle(slurmConf, config, { ...machine, host: { ...machine.host, stat } })
    const copy = saved(shared, slurm('MaxJobCount=9\n'))
    expect(machine.done).toEqual([`write ${copy}`, `write ${shared}`])
    expect([copy, shared].map((path) => machine.content(path))).toEqual([slurm('MaxJobCount=9\n'), slurm(own)])
  })

  test('in cgroup.conf as well', async () => {
    const tree = packaged([local, file(slurm())], [localCgroup, file(cgroup('ConstrainDevices=yes\n'))])
    const machine = smallMachine({ local: tree, shared: share(), script })
    await settle(slurmConf, config, machine)
    expect(machine.done).toEqual([`write ${sharedCgroup}`])
    expect(machine.content(sharedCgroup)).toBe(cgroup('ConstrainDevices=yes\n'))
  })
})

describe('slurm-conf saves a file of somebody else first', () => {
  const foreign = 'ClusterName=old\n'
  const copy = saved(local, foreign)

  test('for the operator alone to read', async () => {
    const tree = packaged([local, file(foreign)], [localCgroup, file(cgroup())])
    const machine = smallMachine({ local: tree, shared: share(), script })
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${copy}`, `write ${local}`])
    expect([machine.at(copy), machine.content(local)]).toEqual([file(foreign, 0o600), slurm()])
  })

  test('and goes on when it was saved by a run that was cut off', async () => {
    const tree = packaged([local, file(foreign)], [copy, file(foreign, 0o600)], [localCgroup, file(cgroup())])
    const machine = smallMachine({ local: tree, shared: share(), script })
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${local}`])
  })

  test('without taking the place of an earlier one', async () => {
    const earlier = saved(local, 'ClusterName=older\n')
    const tree = packaged([local, file(foreign)], [earlier, file('ClusterName=older\n')], [localCgroup, file(cgroup())])
    const machine = smallMachine({ local: tree, shared: share(), script })
    await settle(slurmConf, config, machine)
    expect([earlier, copy].map((path) => machine.content(path))).toEqual(['ClusterName=older\n', foreign])
  })

  test('whose lines, ours without the line that marks them, can no longer be told apart', async () => {
    const unmarked = slurm('A=b\n').replace(/^# Your own.*\n/m, '')
    const tree = packaged([local, file(unmarked)], [localCgroup, file(cgroup())])
    const machine = smallMachine({ local: tree, shared: share(), script })
    await settle(slurmConf, config, machine)
    expect(machine.content(saved(local, unmarked))).toBe(unmarked)
  })

  test('each of them, on the share only while it is mounted', async () => {
    const tree = packaged([local, file('1')], [localCgroup, file('2')])
    const onShare: Tree = new Map([
      ['/mnt/work/slurm', directory(0o755)],
      [shared, file('3')],
      [sharedCgroup, file('4')],
    ])
    const { host } = smallMachine({ local: tree, shared: onShare, script })
    const decision = slurmConf.decide(config, await slurmConf.observe(config, host, signal), [])
    const write = (path: string, content: string, guard = {}) => ({
      do: 'write',
      path: saved(path, content),
      content,
      was: undefined,
      mode: 0o600,
      because: `${path} holds what is not the agent's`,
      ...guard,
    })
    expect(decision.is === 'act' ? decision.actions.slice(0, 4) : []).toEqual([
      write(local, '1'),
      write(localCgroup, '2'),
      write(shared, '3', { whileMounted: '/mnt/work' }),
      write(sharedCgroup, '4', { whileMounted: '/mnt/work' }),
    ])
  })
})
