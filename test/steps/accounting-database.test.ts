import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { accountingDatabase } from '../../src/steps/accounting-database.ts'
import { held, holdPath } from '../../src/steps/holds.ts'
import { signal } from '../fake-host.ts'
import {
  conf,
  config,
  configured,
  converged,
  dropInOf,
  installDb,
  installed,
  machineWith,
  make,
  mariadb,
  mariadbConf,
  own,
} from './accounting-machine.ts'
import { file, settle, takeTurn } from './small-machine.ts'

describe('the accounting database', () => {
  test('is configured before MariaDB starts, and made, and there is nothing left to do', async () => {
    const tree = installed()
    const machine = machineWith(tree)
    expect(await settle(accountingDatabase, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([
      installDb(`${own}.slurm-node-agent`),
      `sync --file-system ${own}.slurm-node-agent`,
      `mv --no-target-directory ${own}.slurm-node-agent ${own}`,
      `sync ${dirname(own)}`,
      `write ${mariadbConf}`,
      `write ${dropInOf(mariadb)}`,
      'systemctl daemon-reload',
      `remove ${holdPath(mariadb)}`,
      'systemctl start mariadb.service',
      make,
    ])
    expect(machine.content(mariadbConf)).toBe(conf(own, 896))
    expect(machine.content(dropInOf(mariadb))).toBe(`# Made by slurm-node-agent.\n[Unit]\nRequiresMountsFor=${own}\n`)
    expect(await settle(accountingDatabase, config, machine)).toEqual(converged)
    expect(machine.done).toHaveLength(10)
  })

  test.each([
    ['small', 1_000_000, 512],
    ['large', 260_000_000, 4_096],
  ])('has a share of the memory of a %s machine', async (_size, kibibytes, bufferPoolMiB) => {
    const tree = installed().set('/proc/meminfo', file(`MemTotal: ${kibibytes} kB\n`))
    const machine = machineWith(tree)
    await settle(accountingDatabase, config, machine)
    expect(machine.content(mariadbConf)).toBe(conf(own, bufferPoolMiB))
  })

  test('is held from starting with the settings of its package', () => {
    expect(accountingDatabase.units?.(config)).toEqual([
      ...held(mariadb),
      {
        is: 'file',
        unit: mariadb,
        path: dropInOf(mariadb),
        content: `# Made by slurm-node-agent.\n[Unit]\nRequiresMountsFor=${own}\n`,
      },
    ])
  })

  test('tells the last words of a MariaDB that keeps dying', async () => {
    const tree = await configured()
    const start: ActionOutcome = {
      is: 'failed',
      action: { do: 'exec', argv: ['systemctl', 'start', mariadb], because: '' },
      error: 'Job for mariadb.service failed',
    }
    const machine = machineWith(tree, { active: 'failed', journal: '[ERROR] InnoDB: no space\n' })
    expect(await takeTurn(accountingDatabase, config, machine, [start, start, start])).toEqual({
      is: 'wait',
      code: 'MARIADB_NOT_ANSWERING',
      for: 'mariadb.service is failed; its last words: [ERROR] InnoDB: no space',
    })
  })

  test('waits for a MariaDB that does not know root by the socket', async () => {
    const answer = { exitCode: 1, stderr: "ERROR 1698 (28000): Access denied for user 'root'@'localhost'\n" }
    const machine = machineWith(await configured(), { active: 'active', answer })
    expect(await takeTurn(accountingDatabase, config, machine, [])).toEqual({
      is: 'wait',
      code: 'MARIADB_NOT_ANSWERING',
      for: "ERROR 1698 (28000): Access denied for user 'root'@'localhost'; its last words: none",
    })
  })

  test('is restarted with a file that is newer', async () => {
    const machine = machineWith(await configured(), { active: 'active', answer: '1\n' })
    const seen = await accountingDatabase.observe(config, machine.host, signal)
    const started = seen.service.startedAtMs ?? 0
    const confFile = { ...(seen.confFile ?? never()), changedAtMs: started + 1 }
    expect(accountingDatabase.decide(config, { ...seen, confFile }, [])).toEqual({
      is: 'act',
      actions: [
        {
          do: 'exec',
          argv: ['systemctl', 'restart', mariadb],
          because: 'it was started before its files changed',
        },
      ],
    })
  })
})

describe('what somebody else has set up', () => {
  test('of MariaDB is left alone', async () => {
    const tree = installed()
    tree.delete('/var/lib/slurm-node-agent/held/mariadb.service')
    const machine = machineWith(tree, { active: 'active' })
    expect(await takeTurn(accountingDatabase, config, machine, [])).toEqual({
      is: 'refuse',
      code: 'MARIADB_TAKEN',
      because: '/lib/systemd/system/mariadb.service was not installed by the agent, and is active',
      hint: 'save what is in it, and apt-get remove mariadb-server; or have accounting on another machine',
    })
  })

  test.each([
    ['an earlier set-up', 'StorageLoc=slurm_acct_db\nStoragePass=secret\n'],
    ['the agent, without the line below which the own lines are', '# Made by slurm-node-agent.\nDbdHost=other\n'],
  ])('of slurmdbd is left alone: the file of %s', async (_whose, content) => {
    const tree = installed().set('/etc/slurm/slurmdbd.conf', file(content, 0o600, 'slurm:slurm'))
    const decision = await takeTurn(accountingDatabase, config, machineWith(tree), [])
    expect(JSON.stringify(decision)).not.toContain('secret')
    expect(decision).toEqual({
      is: 'refuse',
      code: 'SLURMDBD_CONF_TAKEN',
      because: "/etc/slurm/slurmdbd.conf is not the agent's",
      hint: 'move /etc/slurm/slurmdbd.conf away; what its database holds can be taken over by mariadb-dump',
    })
  })
})

function never(): never {
  throw new Error('the file is not there')
}
