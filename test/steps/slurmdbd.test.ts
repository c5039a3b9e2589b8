import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import type { Executed } from '../../src/engine/host.ts'
import { printSlurmdbdConf } from '../../src/formats/slurm-conf.ts'
import { held, holdPath } from '../../src/steps/holds.ts'
import { slurmdbd } from '../../src/steps/slurmdbd.ts'
import { signal } from '../fake-host.ts'
import { dropInOf, installed, journalOf, services } from './accounting-machine.ts'
import { configuration } from './configuration.ts'
import { file, settle, smallMachine, type Tree, takeTurn } from './small-machine.ts'

const config = configuration({ accounting: { enabled: true } })
const unit = 'slurmdbd.service'
const confPath = '/etc/slurm/slurmdbd.conf'
const conf = (own = '') => printSlurmdbdConf('frontend-server', 'slurm_acct_db', own)
const ask = 'timeout --kill-after=2 20 sacctmgr --noheader --parsable2 show cluster format=cluster'
const logPath = '/var/log/slurm/slurmdbd.log'
const dropIn = `# Made by slurm-node-agent.
[Unit]
RequiresMountsFor=/mnt/shared/slurm-accounting
Wants=munge.service mariadb.service
After=munge.service mariadb.service
`
const converged = { is: 'converged', because: 'sacctmgr has an answer' }

interface Circumstances {
  readonly active?: string
  readonly answer?: string | Partial<Executed>
  readonly log?: string
}

function machineWith(tree: Tree, { active = 'inactive', answer = '', log = '' }: Circumstances = {}) {
  const commands: Record<string, string | Partial<Executed>> = {
    ...services({ [unit]: active }),
    [ask]: answer,
    [journalOf(unit)]: '',
  }
  return smallMachine({
    local: tree,
    script: { commands, logs: { [logPath]: log } },
    run({ argv: [, verb] }) {
      if (verb === 'start') Object.assign(commands, services({ [unit]: 'active' }))
    },
  })
}

/** With all files as they should be. */
const configured = () =>
  installed()
    .set(confPath, file(conf(), 0o600, 'slurm:slurm'))
    .set(dropInOf(unit), file(dropIn))
const letGo = (tree: Tree) => {
  tree.delete(holdPath(unit))
  return tree
}

describe('slurmdbd', () => {
  test('is configured before it starts, and there is nothing left to do', async () => {
    const machine = machineWith(installed())
    expect(await settle(slurmdbd, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([
      `write ${confPath}`,
      `write ${dropInOf(unit)}`,
      'systemctl daemon-reload',
      `remove ${holdPath(unit)}`,
      'systemctl start slurmdbd.service',
    ])
    expect(machine.at(confPath)).toEqual(file(conf(), 0o600, 'slurm:slurm'))
    expect(machine.content(dropInOf(unit))).toBe(dropIn)
    expect(await settle(slurmdbd, config, machine)).toEqual(converged)
    expect(machine.done).toHaveLength(5)
  })

  test('is held from starting without its file and its database', () => {
    expect(slurmdbd.units?.(config)).toEqual([
      ...held(unit),
      { is: 'file', unit, path: dropInOf(unit), content: dropIn },
    ])
  })

  test('keeps the lines of the operator in its file', async () => {
    const own = 'PurgeJobAfter=12months\n'
    const old = conf(own).replace('DbdHost=frontend-server', 'DbdHost=old')
    const machine = machineWith(configured().set(confPath, file(old, 0o600, 'slurm:slurm')))
    expect(await settle(slurmdbd, config, machine)).toEqual(converged)
    expect(machine.content(confPath)).toBe(conf(own))
  })

  test('gets a file that others can read back to slurm alone: it would not start with it', async () => {
    const machine = machineWith(configured().set(confPath, file(conf(), 0o644)))
    expect(await settle(slurmdbd, config, machine)).toEqual(converged)
    expect(machine.done[0]).toBe(`permit ${confPath}`)
    expect(machine.at(confPath)).toEqual(file(conf(), 0o600, 'slurm:slurm'))
  })

  test('is restarted with a file that is newer', async () => {
    const machine = machineWith(letGo(configured()), { active: 'active' })
    const seen = await slurmdbd.observe(config, machine.host, signal)
    const started = seen.service.startedAtMs ?? 0
    const confFile = seen.confFile && { ...seen.confFile, changedAtMs: started + 1 }
    expect(slurmdbd.decide(config, { ...seen, confFile }, [])).toEqual({
      is: 'act',
      actions: [
        { do: 'exec', argv: ['systemctl', 'restart', unit], because: 'it was started before its files changed' },
      ],
    })
  })

  test('tells the last words of a daemon that keeps dying', async () => {
    const start: ActionOutcome = { is: 'done', action: { do: 'exec', argv: ['systemctl', 'start', unit], because: '' } }
    const machine = machineWith(configured(), { active: 'failed', log: 'fatal: It appears you are running\n' })
    expect(await takeTurn(slurmdbd, config, machine, [start, start, start])).toEqual({
      is: 'wait',
      code: 'SLURMDBD_NOT_ANSWERING',
      for: 'slurmdbd.service is failed; its last words: fatal: It appears you are running',
    })
  })

  test.each([
    ['is refused', { exitCode: 1, stderr: 'sacctmgr: error: Sending PersistInit msg: Connection refused\n' }],
    ['has no answer in time', { exitCode: 124, stderr: '' }],
  ])('is waited for while sacctmgr %s', async (_what, answer) => {
    const machine = machineWith(letGo(configured()), { active: 'active', answer, log: 'error: mysql_real_connect\n' })
    expect(await takeTurn(slurmdbd, config, machine, [])).toEqual({
      is: 'wait',
      code: 'SLURMDBD_NOT_ANSWERING',
      for: `${answer.stderr.trim() || 'no answer'}; its last words: error: mysql_real_connect`,
    })
  })
})
