import { describe, expect, test } from 'vitest'
import { printGresConf } from '../../src/formats/gres-conf.ts'
import { slurmConf } from '../../src/steps/slurm-conf.ts'
import { configuration } from './configuration.ts'
import {
  config,
  converged,
  local,
  localGres,
  packaged,
  saved,
  script,
  settled,
  share,
  shared,
  sharedGres,
} from './slurm-files.ts'
import { file, settle, smallMachine, type Tree } from './small-machine.ts'

const withGres = (...gres: readonly object[]) =>
  configuration({ slurm: { nodes: [{ name: 'job-[1-4]', cpus: 2, memoryMiB: 3800, gres }] } })
const gpus = withGres({ name: 'gpu', type: 't4', file: '/dev/nvidia[0-1]' })
const conf = (own = '') => printGresConf(gpus.slurm.nodes, own)
const emptied = (own = '') => printGresConf([], own)
const foreign = 'Name=gpu File=/dev/nvidia0\n'

const machineWith = (here: string | undefined, there: string | undefined) =>
  smallMachine({ local: put(settled(), localGres, here), shared: put(share(), sharedGres, there), script })
const put = (tree: Tree, path: string, content: string | undefined) =>
  content === undefined ? tree : tree.set(path, file(content))

describe('slurm-conf writes gres.conf', () => {
  test('where nodes have device files, before the slurm.conf that needs it', async () => {
    const machine = machineWith(undefined, undefined)
    expect(await settle(slurmConf, gpus, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${localGres}`, `write ${local}`, `write ${sharedGres}`, `write ${shared}`])
    expect([localGres, sharedGres].map((path) => machine.content(path))).toEqual([conf(), conf()])
    expect(machine.content(local)).toContain('\nGresTypes=gpu\n')
    expect(machine.content(local)).toMatch(/^NodeName=job-\[1-4\] .* Gres=gpu:t4:2 State=UNKNOWN$/m)
    expect(await settle(slurmConf, gpus, machine)).toEqual(converged)
    expect(machine.done).toHaveLength(4)
  })

  test('not for what is just counted', async () => {
    const machine = machineWith(undefined, undefined)
    expect(await settle(slurmConf, withGres({ name: 'tape', count: 4 }), machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${local}`, `write ${shared}`])
  })

  test('without a file once there is none any more, with the lines of the operator', async () => {
    const machine = machineWith(conf('AutoDetect=off\n'), conf('AutoDetect=off\n'))
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${localGres}`, `write ${sharedGres}`])
    expect([localGres, sharedGres].map((path) => machine.content(path))).toEqual([
      emptied('AutoDetect=off\n'),
      emptied('AutoDetect=off\n'),
    ])
  })

  test('as it is on the share, when a new front end takes that over', async () => {
    const machine = smallMachine({
      local: packaged(),
      shared: put(share(), sharedGres, conf('AutoDetect=off\n')),
      script,
    })
    expect(await settle(slurmConf, gpus, machine)).toEqual(converged)
    expect(machine.content(localGres)).toBe(conf('AutoDetect=off\n'))
  })

  test('in the place of that of somebody else, which it saves first', async () => {
    const machine = machineWith(foreign, foreign)
    expect(await settle(slurmConf, gpus, machine)).toEqual(converged)
    expect([localGres, sharedGres].map((path) => machine.at(saved(path, foreign)))).toEqual([
      file(foreign, 0o600),
      file(foreign, 0o600),
    ])
    expect([localGres, sharedGres].map((path) => machine.content(path))).toEqual([conf(), conf()])
  })

  test('never over that of somebody else where no node has device files', async () => {
    const machine = machineWith(foreign, foreign)
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([])
  })
})
