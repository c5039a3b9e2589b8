import { describe, expect, test } from 'vitest'
import { unitsBy } from '../../agent/host/units.ts'
import type { ActionOutcome } from '../../src/engine/action.ts'
import type { FileStat } from '../../src/engine/host.ts'
import { holdPath } from '../../src/steps/holds.ts'
import { munge } from '../../src/steps/munge.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { notUp, running, unitsShow, unitsShown } from './services.ts'

const unit = 'munge.service'
const service = running(unit)
const key: FileStat = { kind: 'file', mode: 0o400, owner: 'munge:munge', sizeBytes: 1024, changedAtMs: 0 }
const seen = { service, key, trouble: undefined, lastWords: undefined }
const act = (...actions: object[]) => ({ is: 'act', actions })
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })
const wait = (reason: string) => ({ is: 'wait', code: 'MUNGE_NOT_ANSWERING', for: reason })
const start: ActionOutcome = {
  is: 'failed',
  action: { do: 'exec', argv: ['systemctl', 'start', unit], because: '' },
  error: 'Job for munge.service failed',
}

describe('munge', () => {
  test.each([
    ['has nothing to do', {}, [], { is: 'converged', because: 'a credential was made and decoded' }],
    [
      'unmasks munged',
      { service: { ...service, active: 'inactive', masked: true, enabled: false, ...notUp } },
      [],
      act(systemctl('it is masked', 'unmask', unit)),
    ],
    [
      'restarts a munged that runs with an older key',
      { key: { ...key, changedAtMs: service.startedAtMs + 1 } },
      [],
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'starts a munged that died again',
      { service: { ...service, active: 'failed' } },
      [start, start],
      act(systemctl('it failed', 'reset-failed', unit), systemctl('it failed', 'start', unit)),
    ],
    [
      'tells the last words of a munged that keeps dying',
      { service: { ...service, active: 'failed' }, lastWords: 'munged: Error: Keyfile is insecure' },
      [start, start, start],
      wait('munge.service is failed; its last words: munged: Error: Keyfile is insecure'),
    ],
    [
      'waits while it starts',
      { service: { ...service, active: 'activating' }, lastWords: '' },
      [],
      wait('munge.service is activating; its last words: none'),
    ],
    [
      'waits for a credential',
      { trouble: 'unmunge: Error: Invalid credential' },
      [],
      wait('unmunge: Error: Invalid credential'),
    ],
    [
      'does not mind a missing key, which is the business of another step',
      { key: undefined },
      [],
      { is: 'converged', because: 'a credential was made and decoded' },
    ],
  ])('%s', (_behaviour, changed, past, decision) => {
    expect(munge.decide(configuration(), { ...seen, ...changed }, past)).toEqual(decision)
  })

  const commands = { [unitsShow(unit)]: unitsShown('active'), 'munge --no-input': 'MUNGE:AwQ…:\n' }
  const look = (more: Record<string, string | { exitCode: number; stderr: string }>) =>
    munge.observe(
      configuration(),
      fakeHost({
        commands: { ...commands, ...more },
        stats: { '/etc/munge/munge.key': key, [holdPath(unit)]: undefined },
      }),
      signal,
    )

  test('makes and decodes a credential', async () => {
    expect(await look({ 'unmunge --output=/dev/null': '' })).toEqual(seen)
  })

  test('sees why a credential cannot be decoded', async () => {
    const unmunge = { exitCode: 15, stderr: 'unmunge: Error: Invalid credential' }
    const trouble = 'unmunge ended with 15: unmunge: Error: Invalid credential'
    expect(await look({ 'unmunge --output=/dev/null': unmunge })).toEqual({ ...seen, trouble })
  })

  test('sees why no credential can be made, and decodes none', async () => {
    const stderr = 'munge: Error: Unable to access "/run/munge/munge.socket.2":\n  No such file or directory\n'
    const trouble =
      'munge ended with 6: munge: Error: Unable to access "/run/munge/munge.socket.2":; No such file or directory'
    expect(await look({ 'munge --no-input': { exitCode: 6, stderr } })).toEqual({ ...seen, trouble })
  })

  test.each([
    ['munge', { 'munge --no-input': { exitCode: 127, stderr: 'not found' } }],
    ['unmunge', { 'unmunge --output=/dev/null': { exitCode: 2, stderr: 'bad argument' } }],
  ])('takes trouble of the program %s itself for no answer of munged', async (_program, answer) => {
    await expect(look(answer)).rejects.toThrow('ended with')
  })

  test('hands the credential to unmunge and to nobody else', async () => {
    const inputs: [string, string | undefined][] = []
    const answers = fakeHost({
      commands: { ...commands, 'unmunge --output=/dev/null': '' },
      stats: { '/etc/munge/munge.key': key, [holdPath(unit)]: undefined },
    })
    const exec: typeof answers.exec = (argv, options) => {
      inputs.push([argv.join(' '), options.input])
      return answers.exec(argv, options)
    }
    await munge.observe(configuration(), { ...answers, exec, units: unitsBy(exec) }, signal)
    expect(inputs).toEqual([
      [unitsShow(unit), undefined],
      ['munge --no-input', undefined],
      ['unmunge --output=/dev/null', 'MUNGE:AwQ…:\n'],
    ])
  })

  test('has the last words of a munged that is not active, and what it is to the programs', async () => {
    const host = fakeHost({
      commands: {
        [unitsShow(unit)]: unitsShown('failed'),
        'munge --no-input': { exitCode: 6, stderr: 'munge: Error: No socket\n' },
        [`journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`]: 'munged: Error: Keyfile is insecure\n',
      },
      stats: { '/etc/munge/munge.key': key, [holdPath(unit)]: undefined },
    })
    expect(await munge.observe(configuration(), host, signal)).toEqual({
      service: { ...service, active: 'failed', ...notUp },
      key,
      trouble: 'munge ended with 6: munge: Error: No socket',
      lastWords: 'munged: Error: Keyfile is insecure',
    })
  })
})
