import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { type DebianMachine, debianMachine, noDebianMachine } from './debian-machine.ts'

const folder = fileURLToPath(new URL('../../agent/debian', import.meta.url))
const scripts = ['postinst', 'prerm', 'postrm']

const commandPath = '/usr/local/bin/slurm-node-agent'
const configPath = '/etc/slurm-node-agent/config.json'
const home = '/opt/slurm-node-agent'
const units = ['service', 'timer'].map((kind) => `/etc/systemd/system/slurm-node-agent.${kind}`)
const config = '{"role": "frontend", "efs": {"fileSystemId": "fs-0123456789abcdef0"}}'
const good = { code: 0, signal: undefined, stderr: '' }

/** What others need, mostly of the agent's writing; and what a purge takes away. */
const needed = [
  '/etc/slurm-node-agent/efs-stunnel.conf',
  '/var/lib/slurm-node-agent/munge-key.sha256',
  '/etc/needrestart/conf.d/README.needrestart',
]
/** Nobody else would let go of it. */
const hold = '/var/lib/slurm-node-agent/held/munge.service'
const records = [
  configPath,
  '/etc/slurm-node-agent/disabled',
  '/var/lib/slurm-node-agent/config.sha256',
  '/var/lib/slurm-node-agent/state.json',
]

const noShellcheck = spawnSync('shellcheck', ['--version']).error?.message
for (const [what, why] of Object.entries({ shellcheck: noShellcheck, dpkg: noDebianMachine })) {
  if (why !== undefined) console.warn(`skipped: ${what}: ${why}`) // oxlint-disable-line no-console -- a skip says why
}

describe.skipIf(noShellcheck !== undefined)('shellcheck', () => {
  test.each(scripts)('finds nothing in %s', (name) => {
    expect(spawnSync('shellcheck', [`${folder}/${name}`], { encoding: 'utf8' }).stdout).toBe('')
  })
})

let machine: DebianMachine

async function paths(): Promise<readonly string[]> {
  return Object.keys(await machine.installed()).filter((path) => !path.startsWith('/var/lib/dpkg'))
}

const commandOf = (release: string, node = machine.downloads.node.sha256) =>
  `exec ${home}/node-${node}/bin/node --jitless --max-semi-space-size=1 ${release}/slurm-node-agent.js "$@"`
const command = () => readFile(machine.at(commandPath), 'utf8')

async function write(...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(machine.at(file)), { recursive: true })
    await writeFile(machine.at(file), 'as it was\n')
  }
}

/** As a machine is whose agent has run. */
async function installedAndUsed(): Promise<void> {
  expect(await machine.installDeb()).toEqual(good)
  await write(...needed, ...records, hold, `${home}/package/code-cache`, `${units[1]}.d/interval.conf`)
  await write('/var/log/slurm-node-agent/agent.jsonl', '/var/cache/slurm-node-agent/efs-utils.deb')
  await machine.calls('systemctl')
}

const remove = () => machine.dpkg('--remove', 'slurm-node-agent')
const purge = () => machine.dpkg('--purge', 'slurm-node-agent')

describe.skipIf(noDebianMachine !== undefined)('dpkg', { timeout: 60_000 }, () => {
  beforeEach(async () => {
    machine = await debianMachine()
  })

  test('installs the command, the units and Node, and starts the timer', async () => {
    expect(await machine.installDeb()).toEqual(good)
    expect(await command()).toContain(`\n${commandOf(`${home}/package`)}\n`)
    expect(await paths()).toEqual(expect.arrayContaining([...units, `${home}/package/slurm-node-agent.js`]))
    expect(await machine.calls('systemctl')).toEqual(['systemctl enable --now --no-block slurm-node-agent.timer'])
  })

  test('installs it once more over itself, with another bundle, and leaves the configuration alone', async () => {
    await installedAndUsed()
    const before = await paths()
    expect(await machine.installDeb('// another bundle\n')).toEqual(good)
    expect(await readFile(machine.at(`${home}/package/slurm-node-agent.js`), 'utf8')).toBe('// another bundle\n')
    expect(await paths()).toEqual(before)
    expect(await readFile(machine.at(configPath), 'utf8')).toBe('as it was\n')
  })

  test('makes good with --configure what could not fetch Node', async () => {
    const fetched = (name: string) => machine.at(`/srv/${name}`)
    const tarballs = (await readdir(machine.at('/srv'))).filter((name) => name.startsWith('node-v26.0.0-linux-'))
    const archives = tarballs.filter((name) => name.endsWith('.tar.gz'))
    const whole = await readFile(fetched('node.tar.gz'))
    for (const name of archives) await writeFile(fetched(name), 'of a captive portal')
    const { code, stderr } = await machine.installDeb()
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^install\.sh: file:\S+ does not have the checksum /m)])
    expect(await paths()).not.toContain(commandPath)
    for (const name of archives) await writeFile(fetched(name), whole)
    expect(await machine.dpkg('--configure', '--pending')).toEqual(good)
    expect(await command()).toContain(commandOf(`${home}/package`))
  })

  test('says of a processor that there is no Node for it', async () => {
    await machine.standIn('uname', 'echo riscv64')
    const { code, stderr } = await machine.installDeb()
    const said = 'slurm-node-agent: this machine is riscv64: the package has a Node for x86_64 and aarch64 alone'
    expect([code, stderr.split('\n')[0]]).toEqual([1, said])
    expect(await paths()).not.toContain(commandPath)
  })

  test('takes by removal the command, the units and Node away, and nothing else', async () => {
    await installedAndUsed()
    expect(await remove()).toEqual(good)
    expect(await machine.calls('systemctl')).toEqual([
      'systemctl disable --now slurm-node-agent.timer',
      'systemctl stop slurm-node-agent.service',
      'systemctl daemon-reload',
    ])
    const left = await paths()
    expect(left).toEqual(expect.arrayContaining([...needed, ...records]))
    expect(left).not.toContain(hold)
    expect(left.filter((path) => path.startsWith('/opt') || path.includes('slurm-node-agent.'))).toEqual([])
    expect(left).not.toContain(commandPath)
  })

  test('takes by a purge the configuration, the log and the records away, and nothing that others need', async () => {
    await installedAndUsed()
    expect(await purge()).toEqual(good)
    const left = await paths()
    expect(left).toEqual(expect.arrayContaining([...needed]))
    expect(left.filter((path) => records.includes(path))).toEqual([])
    for (const place of ['/var/log', '/var/cache']) {
      expect(await readdir(machine.at(place))).not.toContain('slurm-node-agent')
    }
  })

  test('leaves no folder of the agent behind where others need nothing', async () => {
    expect(await machine.installDeb()).toEqual(good)
    expect(await purge()).toEqual(good)
    expect((await paths()).filter((path) => path.includes('slurm-node-agent'))).toEqual([])
  })

  test('goes on with a removal that was cut off', async () => {
    await installedAndUsed()
    const cut = ['disable', 'stop', 'daemon-reload']
    for (const verb of cut) {
      await machine.standIn('systemctl', `case "$*" in *${verb}*) kill -9 $PPID ;; esac`)
      const prerm = machine.start(['/var/lib/dpkg/info/slurm-node-agent.prerm', 'remove'], {
        PATH: '/srv/bin:/usr/bin:/bin',
      })
      expect(await prerm).toMatchObject({ signal: 'SIGKILL' })
      expect(await paths()).toContain(commandPath)
    }
    await machine.standIn('systemctl', ':')
    expect(await remove()).toEqual(good)
    expect((await paths()).filter((path) => path === commandPath || path.startsWith('/opt'))).toEqual([])
  })

  test('leaves a release of the user_data in place, with its units and its configuration', async () => {
    await installedAndUsed()
    for (const record of records) await rm(machine.at(record))
    expect(await machine.boot(config)).toEqual(good)
    await machine.calls('systemctl')
    const { agent } = machine.downloads
    const theirs = commandOf(`${home}/agent-${agent.sha256}`)
    expect(await command()).toContain(theirs)
    expect(await remove()).toEqual({
      ...good,
      stderr: `slurm-node-agent: ${commandPath} is of another release than the package's, and stays with its units`,
    })
    expect(await purge()).toMatchObject({ code: 0, stderr: expect.stringContaining('configuration and log stay') })
    expect(await machine.calls('systemctl')).toEqual([])
    expect(await command()).toContain(theirs)
    expect(await paths()).toEqual(expect.arrayContaining([...units, configPath]))
    expect((await machine.start([commandPath, 'version'])).stdout).toContain('version')
  })

  test('puts its release in place of one that it was upgraded to', async () => {
    await installedAndUsed()
    expect(await machine.boot(config)).toMatchObject({ code: 0 })
    await symlink(`${home}/agent-${machine.downloads.agent.sha256}`, machine.at(`${home}/package.upgrade`))
    expect(await machine.installDeb()).toEqual(good)
    expect(await command()).toContain(commandOf(`${home}/package`))
    expect(await paths()).not.toContain(`${home}/package.upgrade`)
  })
})
