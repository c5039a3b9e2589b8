import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/engine/decision.ts'
import { anyStep, type Step } from '../../src/engine/step.ts'
import { needingPackages } from '../../src/steps/installed.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { packageQuery } from './package-query.ts'

const wait: Decision = { is: 'wait', code: 'NFS_NOT_EXPORTED', for: 'it' }

const step: Step<object, string> = {
  id: 'it',
  title: 'It',
  after: [],
  deadlineMs: () => 1_000,
  observe: async (_config, host) => (await host.read('/file')) ?? '',
  decide: (_config, seen, past) =>
    seen === 'to do' ? wait : { is: 'converged', because: `${seen}, after ${past.length}` },
}

describe('a step that needs packages', () => {
  const look = async (needed: readonly string[], script: Script) =>
    (await needingPackages(anyStep(step, {}), needed).look(fakeHost(script), signal))([])
  const dpkg = (stdout: string) => ({ [packageQuery]: stdout })
  const installed = dpkg('munge\tinstall ok installed\t0.5.15\nslurmctld\thold ok installed\t22.05.8\n')
  const both = ['munge', 'slurmctld']

  test('with nothing to do does not ask for them', async () => {
    expect(await look(both, { files: { '/file': 'seen' } })).toEqual({ is: 'converged', because: 'seen, after 0' })
  })

  test('is left to itself when they are installed', async () => {
    expect(await look(both, { files: { '/file': 'to do' }, commands: installed })).toEqual(wait)
    await expect(look(both, { commands: installed })).rejects.toThrow('the fake host was not told of the file /file')
  })

  test('without packages asks dpkg for nothing', async () => {
    expect(await look([], { files: { '/file': 'to do' } })).toEqual(wait)
  })

  describe.each([
    ['unknown', 'slurmctld\tinstall ok installed\t22.05.8\n', 'munge'],
    ['half-configured', 'munge\tinstall ok half-configured\t1\nslurmctld\tinstall ok installed\t2\n', 'munge'],
    ['removed', 'munge\tdeinstall ok config-files\t1\n', 'munge, slurmctld'],
  ])('refuses at once when one is %s', (_state, stdout, names) => {
    test.each([
      ['and something is to be done', { '/file': 'to do' }],
      ['and so cannot be looked at', {}],
    ])('%s', async (_why, files) => {
      expect(await look(both, { files, commands: dpkg(stdout) })).toEqual({
        is: 'refuse',
        code: 'PACKAGE_MISSING',
        because: `not installed: ${names}`,
        hint: "apt's reason is with the step packages; mend it there and run apply again",
      })
    })
  })
})
