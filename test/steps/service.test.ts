import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { holdPath, letGo } from '../../src/steps/holds.ts'
import { inOneLine, journalTail, keepsDying, serviceState, toRun, unitStates } from '../../src/steps/service.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { notUp, running, unitsShow } from './services.ts'

/** munge.service as `systemctl show` of systemd 252 printed it, a state after the other. */
const printed = readFileSync(new URL('../fixtures/systemd/service-states.txt', import.meta.url), 'utf8').split('\n\n')
const [active, inactive, disabled, masked, failed, activating, notFound] = printed

const unit = 'munge.service'
const startedAtMs = Date.parse('2026-11-23T17:14:17.565Z')
const state = { ...running(unit), startedAtMs, activeSinceUs: undefined }
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })

describe('the state of a service', () => {
  const stopped = { ...state, active: 'inactive', ...notUp }
  test.each([
    ['active', active, state],
    ['inactive', inactive, stopped],
    ['disabled', disabled, { ...stopped, enabled: false }],
    ['masked', masked, { ...stopped, enabled: false, masked: true }],
    ['failed', failed, { ...stopped, active: 'failed' }],
    ['started again after it died', activating, { ...stopped, active: 'activating' }],
    ['of an unknown unit', notFound, { ...stopped, enabled: false }],
    ['with files that changed', active?.replace('Reload=no', 'Reload=yes'), { ...state, needsReload: true }],
    [
      'with a unit file',
      `FragmentPath=/lib/systemd/system/${unit}\n${active}`,
      { ...state, file: `/lib/systemd/system/${unit}` },
    ],
    ['that hardly anything is printed of', 'LoadState=loaded\n', { ...stopped, active: 'unknown', enabled: false }],
  ])('%s', async (_state, stdout, expected) => {
    const host = fakeHost({ commands: { [unitsShow(unit)]: stdout ?? '' }, stats: { [holdPath(unit)]: undefined } })
    expect(await serviceState(unit, host, signal)).toEqual(expected)
  })

  test('held', async () => {
    const file = { kind: 'file', mode: 0o644, owner: 'root:root', sizeBytes: 0, changedAtMs: 0 } as const
    const host = fakeHost({ commands: { [unitsShow(unit)]: inactive ?? '' }, stats: { [holdPath(unit)]: file } })
    expect(await serviceState(unit, host, signal)).toEqual({ ...stopped, held: true })
  })
})

test('a mount has no process, and tells since when it is there', async () => {
  const stdout = readFileSync(new URL('../fixtures/systemd/mount-state.txt', import.meta.url), 'utf8')
  const host = fakeHost({ commands: { [unitsShow('mnt-shared.mount')]: stdout } })
  expect(await unitStates(['mnt-shared.mount'], host, signal)).toMatchObject([
    { active: 'active', startedAtMs: undefined, activeSinceUs: 19_773_644 },
  ])
})

test('the states of several units come in their order, also of one that hardly anything is printed of', async () => {
  const units = [unit, 'rpcbind.socket', 'nfs-server.service']
  const host = fakeHost({ commands: { [unitsShow(...units)]: `${active}\n\n${masked}\n\nLoadState=loaded\n` } })
  const seen = await unitStates(units, host, signal)
  expect(seen.map((each) => `${each.unit} ${each.active} ${each.masked}`)).toEqual([
    'munge.service active false',
    'rpcbind.socket inactive true',
    'nfs-server.service unknown false',
  ])
})

describe('to run a service', () => {
  test.each([
    ['takes nothing when it runs', {}, 0, []],
    ['takes nothing when its files are older', {}, startedAtMs - 1, []],
    [
      'takes a restart when its files are newer',
      {},
      startedAtMs + 1,
      [systemctl('it was started before its files changed', 'restart', unit)],
    ],
    ['takes nothing when nobody knows since when it runs', { startedAtMs: undefined }, startedAtMs, []],
    ['takes a start', { active: 'inactive' }, 0, [systemctl('it is inactive', 'start', unit)]],
    ['takes a start while it stops', { active: 'deactivating' }, 0, [systemctl('it is deactivating', 'start', unit)]],
    ['takes patience while it starts', { active: 'activating' }, startedAtMs + 1, []],
    [
      'takes a clean slate after it failed',
      { active: 'failed' },
      0,
      [systemctl('it failed', 'reset-failed', unit), systemctl('it failed', 'start', unit)],
    ],
    [
      'lets it go first where it is held',
      { held: true, active: 'inactive' },
      0,
      [letGo(unit), systemctl('it is inactive', 'start', unit)],
    ],
    ['takes a place in the boot', { enabled: false }, 0, [systemctl('it must start at boot', 'enable', unit)]],
    ['takes a reload of its unit', { needsReload: true }, 0, [systemctl('unit files changed', 'daemon-reload')]],
    [
      'is unmasked first: what else it takes is seen then',
      { masked: true, enabled: false, needsReload: true, active: 'inactive' },
      0,
      [systemctl('it is masked', 'unmask', unit)],
    ],
  ])('%s', (_behaviour, changed, filesChangedAtMs, actions) => {
    expect(toRun({ ...state, ...changed }, filesChangedAtMs)).toEqual(actions)
  })

  test('takes no second restart where all that starts is older than its files: the clock was set back', () => {
    const [restart] = toRun(state, startedAtMs + 1)
    expect(restart).toMatchObject({ argv: ['systemctl', 'restart', unit] })
    const past: ActionOutcome[] = restart === undefined ? [] : [{ is: 'done', action: restart }]
    expect(toRun(state, startedAtMs + 1, past)).toEqual([])
  })
})

describe('a service keeps dying', () => {
  const outcome = (...args: string[]): ActionOutcome => ({
    is: 'done',
    action: { do: 'exec', argv: ['systemctl', ...args], because: '' },
  })
  const start = outcome('start', unit)
  const others = [outcome('start', 'slurmctld.service'), outcome('enable', unit), outcome('reset-failed', unit)]

  test.each([
    ['when three starts did not make it active', 'failed', [start, outcome('restart', unit), start], true],
    ['not after two', 'failed', [start, ...others, start], false],
    ['not while it is active', 'active', [start, start, start], false],
    ['not by the starts of others', 'inactive', [...others, ...others, ...others], false],
  ])('%s', (_when, isActive, past, expected) => {
    expect(keepsDying({ ...state, active: isActive }, past)).toBe(expected)
  })
})

test('the journal of a service fits in a reason', async () => {
  const command = 'journalctl --unit=munge.service --lines=5 --output=cat --no-pager --quiet'
  const host = fakeHost({ commands: { [command]: 'munged: Error: one\n\n  munged: Error: two\n' } })
  expect(await journalTail(unit, host, signal)).toBe('munged: Error: one; munged: Error: two')
})

test('lines become one', () => {
  expect(inOneLine('\n a \n\tb\n')).toBe('a; b')
  expect(inOneLine(' \n')).toBe('')
})
