import { describe, expect, test } from 'vitest'
import { anyStep, type Step } from '../../src/engine/step.ts'
import { needingPackages, packageStates } from '../../src/steps/installed.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { packageQuery } from './package-query.ts'

const step = (packages: readonly string[]): Step<object, string> => ({
  id: 'it',
  title: 'It',
  after: [],
  packages: () => packages,
  deadlineMs: () => 1_000,
  observe: async (_config, host) => (await host.read('/file')) ?? '',
  decide: (_config, seen, past) => ({ is: 'converged', because: `${seen}, after ${past.length}` }),
})

describe('a step that needs packages', () => {
  const look = async (needed: readonly string[], stdout: string) => {
    const commands = { [packageQuery('munge', 'slurmctld')]: { exitCode: 1, stdout } }
    const host = fakeHost({ commands, files: { '/file': 'seen' } })
    return (await anyStep(needingPackages(step(needed))).look({}, host, signal))([])
  }

  test('is looked at when they are installed', async () => {
    const stdout = 'munge\tinstall ok installed\t0.5.15\nslurmctld\thold ok installed\t22.05.8\n'
    expect(await look(['munge', 'slurmctld'], stdout)).toEqual({ is: 'converged', because: 'seen, after 0' })
  })

  test('without packages asks dpkg for nothing', async () => {
    expect(await look([], '')).toEqual({ is: 'converged', because: 'seen, after 0' })
  })

  test.each([
    ['unknown', 'slurmctld\tinstall ok installed\t22.05.8\n', 'munge'],
    ['half-configured', 'munge\tinstall ok half-configured\t1\nslurmctld\tinstall ok installed\t2\n', 'munge'],
    ['removed', 'munge\tdeinstall ok config-files\t1\n', 'munge, slurmctld'],
  ])('refuses at once when one is %s', async (_state, stdout, names) => {
    expect(await look(['munge', 'slurmctld'], stdout)).toEqual({
      is: 'refuse',
      code: 'PACKAGE_MISSING',
      because: `not installed: ${names}`,
      hint: "apt's reason is with the step packages; mend it there and run apply again",
    })
  })
})

test('without names, dpkg is asked for all packages', async () => {
  const host = fakeHost({ commands: { [packageQuery()]: 'apt\tinstall ok installed\t2.6.1\n' } })
  expect([...(await packageStates([], host, signal)).keys()]).toEqual(['apt'])
})
