import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Download } from '../downloads.ts'
import { certificateFor } from '../host/certificates.ts'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import {
  breakUnits,
  config,
  cutAt,
  program,
  standIn,
  type UpgradableMachine,
  upgradableMachine,
} from './upgradable-machine.ts'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))

if (noThrowAwayRoot !== undefined) console.warn(`skipped: upgrade: ${noThrowAwayRoot}`) // oxlint-disable-line no-console -- a skip says why

const tls = certificateFor('localhost')
afterAll(() => rmSync(tls.directory, { recursive: true }))

let machine: UpgradableMachine
let first: Download

/** All that is installed but the releases that are not in use. */
async function inUse(): Promise<Readonly<Record<string, string>>> {
  const all = Object.entries(await machine.installed())
  return Object.fromEntries(all.filter(([path]) => !path.includes('/agent-') || path.includes(first.sha256)))
}

describe.skipIf(noThrowAwayRoot !== undefined)('upgrade', { timeout: 60_000 }, () => {
  beforeEach(async () => {
    machine = await upgradableMachine(tls)
    first = machine.downloads.agent
    return async () => await machine[Symbol.asyncDispose]()
  })

  test('puts the release in place, and keeps the one before', async () => {
    const second = await machine.served('second', program('2.0.0'))
    const { exitCode, stdout, stderr } = await machine.upgrade(second)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Upgraded from development to 2.0.0.')
    expect(await machine.version()).toBe('2.0.0')
    expect(await machine.releases({ first, second })).toEqual([
      'first directory 755',
      'first.upgrade link to second',
      'second directory 755',
    ])
    const log = await readFile(machine.at('/var/log/slurm-node-agent/agent.jsonl'), 'utf8')
    expect(JSON.parse(log)).toMatchObject({ event: 'release-upgraded', to: '2.0.0', ...second })
  })

  test('upgrades from the release of the Debian package, and leaves that where it is', async () => {
    const packaged = machine.at('/opt/slurm-node-agent/package')
    await cp(machine.at(`/opt/slurm-node-agent/agent-${first.sha256}`), packaged, { recursive: true })
    const node = machine.downloads.node.sha256
    const PATH = '/srv/bin:/usr/bin:/bin'
    await machine.start(['/opt/slurm-node-agent/package/install.sh', '--node-sha256', node], { PATH })
    const second = await machine.served('second', program('2.0.0'))
    expect(await machine.upgrade(second)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await machine.version()).toBe('2.0.0')
    expect(await machine.releases({ second })).toEqual(['second directory 755'])
    expect(await readFile(`${packaged}/slurm-node-agent.js`, 'utf8')).toBe(program('1.0.0'))
  })

  test('does not take the place of what a boot has installed meanwhile', async () => {
    const other = 'agent-of-this-boot'
    const plan = `require('node:fs').writeFileSync('/usr/local/bin/slurm-node-agent',
      require('node:fs').readFileSync('/usr/local/bin/slurm-node-agent', 'utf8').replace(/agent-[0-9a-f]{64}\\/slurm/, '${other}/slurm'))
      console.log('Nothing to do')`
    const second = await machine.served('second', program('2.0.0', { plan }))
    const { exitCode, stderr } = await machine.upgrade(second)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`not upgraded; /opt/slurm-node-agent/${other} was installed meanwhile: run it again`)
    expect(await machine.releases({ first, second })).toEqual(['first directory 755', 'second directory 755'])
  })

  test('leaves what a boot installs while it switches', async () => {
    const other = 'agent-of-this-boot'
    // Once it is the installed command, that of another release takes its place.
    const version = `const { readFileSync, writeFileSync } = require('node:fs')
      const command = readFileSync('/usr/local/bin/slurm-node-agent', 'utf8')
      if (command.includes(__dirname)) {
        writeFileSync('/usr/local/bin/slurm-node-agent', command.replace(/agent-[0-9a-f]{64}\\/slurm/, '${other}/slurm'))
      }
      console.log('2.0.0')`
    const second = await machine.served('second', program('2.0.0', { version: `{ ${version} }` }))
    const { exitCode, stderr } = await machine.upgrade(second)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`not upgraded; /opt/slurm-node-agent/${other} was installed meanwhile: run it again`)
    expect(await readFile(machine.at('/usr/local/bin/slurm-node-agent'), 'utf8')).toContain(`${other}/slurm`)
  })

  test('lasts over a boot, which still brings the configuration, until the user_data names another release', async () => {
    const second = await machine.served('second', program('2.0.0'))
    const third = { ...(await machine.served('third', program('3.0.0'))), url: 'file:///srv/third.tar.gz' }
    await machine.upgrade(second)
    await machine.boot('{"role": "job"}', {}, first)
    expect(await machine.version()).toBe('2.0.0')
    expect(await readFile(machine.at('/etc/slurm-node-agent/config.json'), 'utf8')).toBe('{"role": "job"}\n')
    await machine.boot(config, {}, third)
    expect(await machine.version()).toBe('3.0.0')
    await machine.boot(config, {}, first)
    expect(await machine.version()).toBe('1.0.0')
  })

  test('of an upgrade removes the oldest, and stays until the user_data names another, also the one between', async () => {
    const second = await machine.served('second', program('2.0.0'))
    const third = await machine.served('third', program('3.0.0'))
    await machine.upgrade(second)
    await machine.upgrade(third)
    expect(await machine.releases({ first, second, third })).toEqual([
      'first.upgrade link to third',
      'second directory 755',
      'third directory 755',
    ])
    await machine.boot(config, {}, first)
    expect(await machine.version()).toBe('3.0.0')
    await machine.boot(config, {}, second)
    expect(await machine.version()).toBe('2.0.0')
    expect(await machine.releases({ first, second, third })).toEqual(['second directory 755', 'third directory 755'])
  })

  test('lasts over a boot where there was a Debian package before', async () => {
    const link = '/opt/slurm-node-agent/package.upgrade'
    await symlink(`/opt/slurm-node-agent/agent-${first.sha256}`, machine.at(link))
    await machine.upgrade(await machine.served('second', program('2.0.0')))
    await machine.boot(config, {}, first)
    expect(await machine.version()).toBe('2.0.0')
  })

  test('back to the release before is an upgrade too, and leaves nothing in the place of either', async () => {
    const second = await machine.served('second', program('2.0.0'))
    const back = { ...first, url: second.url }
    await machine.upgrade(second)
    expect(await machine.upgrade(back)).toMatchObject({ exitCode: 0 })
    expect(await machine.releases({ first, second })).toEqual(['first directory 755', 'second directory 755'])
    for (const [named, version] of [
      [second, '2.0.0'],
      [first, '1.0.0'],
    ] as const) {
      await machine.boot(config, {}, named)
      expect(await machine.version()).toBe(version)
    }
  })

  test('a second time does nothing, and says so', async () => {
    const second = await machine.served('second', program('2.0.0'))
    await machine.upgrade(second)
    const before = await machine.stamps()
    const { exitCode, stdout, stderr } = await machine.upgrade(second)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Nothing to do: ')
    expect(await machine.stamps()).toEqual(before)
    expect(machine.requests).toEqual(['/second.tar.gz'])
  })

  test.each([
    ['that exits 1 with a plan, as EFS is away', "console.log('Plan: 1 refused.'); process.exit(1)"],
    [
      'that waits for a dead share until it is told to end',
      "process.on('SIGTERM', () => { console.log('Plan: 1 interrupted'); process.exit(1) }); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)",
    ],
  ])('stands with a plan %s, as that of the installed release does', async (_what, plan) => {
    await writeFile(
      machine.at(`/opt/slurm-node-agent/agent-${first.sha256}/slurm-node-agent.js`),
      program('1.0.0', { plan }),
    )
    const second = await machine.served('second', program('2.0.0', { plan }))
    expect(await machine.upgrade(second)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await machine.version()).toBe('2.0.0')
  })

  test.each([
    [
      'does not start',
      { version: "throw new Error('no such module')" },
      /does not start with the Node v\d.*no such mod/s,
    ],
    ['says no version', { version: '0' }, /does not start .* its version ended with 0: it said nothing/s],
    [
      'finds the configuration bad',
      { check: "console.error('config.json has 1 problem'); process.exit(78)" },
      /its config check ended with 78: config.json has 1 problem/,
    ],
    ['breaks off its plan', { plan: 'undefined.steps' }, /its plan ended with 1: .*Cannot read properties/s],
    [
      'fails in a step that did not fail before',
      { plan: "console.log('efs: OBSERVATION_FAILED: undefined is no function'); process.exit(1)" },
      /its plan fails, where that of the installed release does not: efs: OBSERVATION_FAILED: undefined is no function/,
    ],
    ['ends its plan otherwise', { plan: 'process.exit(3)' }, /its plan ended with 3/],
    ['is killed in its plan', { plan: "process.kill(process.pid, 'SIGKILL')" }, /plan/],
  ])('to a release that %s changes nothing', async (_what, answers, words) => {
    const before = await inUse()
    const bad = await machine.served('bad', program('2.0.0', answers))
    const { exitCode, stderr } = await machine.upgrade(bad)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^slurm-node-agent: not upgraded; development stays: /)
    expect(stderr).toMatch(words)
    expect(await inUse()).toEqual(before)
  })

  test('to a file with another checksum changes nothing', async () => {
    const before = await machine.installed()
    const second = await machine.served('second', program('2.0.0'))
    const { exitCode, stderr } = await machine.upgrade({ ...second, sha256: 'a'.repeat(64) })
    const words = `what ${second.url} gives has the SHA-256 ${second.sha256}`
    expect([exitCode, stderr]).toEqual([1, `slurm-node-agent: not upgraded; development stays: ${words}`])
    expect(await machine.installed()).toEqual(before)
  })

  test.each([
    ['is no tarball', 'echo a page >/srv/other.tar.gz', /gives is no release: .*tar/s],
    ['is no release', 'cd /srv && tar -czf other.tar.gz user-data', /gives is no release: it has no install\.sh/],
  ])('to a file that %s changes nothing', async (_what, make, words) => {
    const before = await machine.installed()
    const second = await machine.served('second', program('2.0.0'))
    await machine.start(['sh', '-c', make])
    const bytes = await readFile(machine.at('/srv/other.tar.gz'))
    const sum = spawnSync('sha256sum', { input: bytes, encoding: 'utf8' }).stdout.slice(0, 64)
    const url = second.url.replace('second', 'other')
    const { exitCode, stderr } = await machine.upgrade({ url, sha256: sum })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(words)
    expect(await machine.installed()).toEqual(before)
  })

  test.each([
    [
      'does not start by the command',
      "if (process.env.SLURM_NODE_AGENT_CODE_CACHE) throw new Error('broken'); console.log('2.0.0')",
      /broken/,
    ],
    [
      'is another one by the command',
      "console.log(process.env.SLURM_NODE_AGENT_CODE_CACHE ? '1.5.0' : '2.0.0')",
      /slurm-node-agent is 1\.5\.0 of /,
    ],
  ])('to a release that %s is rolled back', async (_what, version, words) => {
    const before = await inUse()
    const bad = await machine.served('bad', program('2.0.0', { version }))
    const { exitCode, stderr } = await machine.upgrade(bad)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^slurm-node-agent: not upgraded; development is back: /)
    expect(stderr).toMatch(words)
    expect(await inUse()).toEqual(before)
    const log = await readFile(machine.at('/var/log/slurm-node-agent/agent.jsonl'), 'utf8')
    expect(JSON.parse(log)).toMatchObject({ event: 'release-not-upgraded', to: '2.0.0' })
  })

  test('is rolled back where systemd does not take the units', async () => {
    const before = await inUse()
    const second = await machine.served('second', program('2.0.0'))
    await breakUnits(machine, second)
    expect(await machine.upgrade(second)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('development is back'),
    })
    expect(await inUse()).toEqual(before)
  })

  test('that is killed between the download and the switch goes on from there', async () => {
    const before = await inUse()
    const plan = `require('fs').writeFileSync('/run/planning', '')
      const wait = () => require('fs').existsSync('/run/go') ? console.log('Nothing to do') : setTimeout(wait, 50)
      wait()`
    const second = await machine.served('second', program('2.0.0', { plan }))
    const killed = machine.upgrade(second)
    while (!(await stat(machine.at('/run/planning')).then(Boolean, () => false))) await sleep(50)
    killed.kill('SIGKILL')
    expect(await killed).toMatchObject({ signal: 'SIGKILL' })
    expect(await inUse()).toEqual(before)
    await writeFile(machine.at('/run/go'), '')
    expect(await machine.upgrade(second)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await machine.version()).toBe('2.0.0')
    expect(machine.requests).toEqual(['/second.tar.gz'])
  })

  test.each([
    ['before the command is its', 'sync', '/usr/local/bin/.*', '1.0.0'],
    ['before the units are', 'sync', '/usr/local/bin', '2.0.0'],
    ['before systemd has read them', 'systemctl', '*', '2.0.0'],
  ])(
    'that is cut off %s is made whole by the next boot, or by the same upgrade',
    async (_what, name, pattern, then) => {
      const second = await machine.served('second', program('2.0.0'))
      await machine.upgrade(second)
      const whole = await machine.installed()
      for (const goOn of [() => machine.boot(config, {}, first), () => machine.upgrade(second)]) {
        expect(await machine.upgrade({ ...second, sha256: first.sha256 })).toMatchObject({ exitCode: 0 })
        await cutAt(machine, name, pattern)
        expect(await machine.upgrade(second)).toMatchObject({ signal: 'SIGKILL' })
        expect(await machine.version()).toBe(then)
        await standIn(machine, name, '')
        await goOn()
        expect(await machine.version()).toBe('2.0.0')
        expect(await machine.installed()).toEqual(whole)
      }
    },
  )

  test('makes good what was cut off in a download', async () => {
    const second = await machine.served('second', program('2.0.0'))
    const partial = machine.at(`/opt/slurm-node-agent/agent-${second.sha256}.partial`)
    await mkdir(partial)
    await writeFile(`${partial}/agent.tar`, 'half')
    expect(await machine.upgrade(second)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await machine.version()).toBe('2.0.0')
  })

  test('is one at a time with every other run', async () => {
    const second = await machine.served('second', program('2.0.0'))
    const lock = '/run/slurm-node-agent.lock'
    await writeFile(machine.at(lock), 'apply, pid 7\n')
    const holder = machine.start(['flock', lock, 'sh', '-c', 'echo >/run/held; sleep 30'])
    while (!(await stat(machine.at('/run/held')).then(Boolean, () => false))) await sleep(50)
    const { exitCode, stderr } = await machine.upgrade(second)
    expect([exitCode, stderr]).toEqual([75, expect.stringContaining(`another run holds ${lock}: apply, pid 7`)])
    expect(machine.requests).toEqual([])
    process.kill(-(holder.pid ?? 0), 'SIGKILL')
    await holder
  })

  test('is for what install.sh has installed', async () => {
    await writeFile(machine.at('/usr/local/bin/slurm-node-agent'), '#!/bin/sh\nexec node main.ts\n')
    const { exitCode, stderr } = await machine.upgrade(await machine.served('second', program('2.0.0')))
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('is not as install.sh writes it: unpack a release')])
  })
})

const sum = 'a'.repeat(64)
test.each([
  [[], 'upgrade takes: --url URL --sha256 SHA256'],
  [['--url', 'https://example.com/a.tar.gz'], 'upgrade takes: --url URL --sha256 SHA256'],
  [['--url', 'http://example.com/a.tar.gz', '--sha256', sum], '--url must be an https URL of a file, of '],
  [['--url', 'https://example.com/a.tar.gz?signature=x', '--sha256', sum], '--url must be an https URL of a file, of '],
  [['--url', 'https://example.com/a.tar.gz', '--sha256', 'abc'], '--sha256 must be a SHA-256'],
  [['now', '--url', 'https://example.com/a.tar.gz', '--sha256', sum], 'unexpected argument now'],
])('upgrade %j is a usage error', (args, problem) => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'upgrade', ...args], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([64, expect.stringContaining(`slurm-node-agent: ${problem}`)])
})
