import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { userDataWith } from '../terraform/user-data-example.ts'
import { type BareMachine, bareMachine } from './bare-machine.ts'
import { releaseIn } from './downloads.ts'
import { noThrowAwayRoot } from './throw-away-root.ts'

const config = '{"role": "frontend", "efs": {"fileSystemId": "fs-0123456789abcdef0"}}'
const configPath = '/etc/slurm-node-agent/config.json'
const commandPath = '/usr/local/bin/slurm-node-agent'
const minutes = 60_000

const noShellcheck = spawnSync('shellcheck', ['--version']).error?.message
for (const [what, why] of Object.entries({ shellcheck: noShellcheck, installing: noThrowAwayRoot })) {
  if (why !== undefined) console.warn(`skipped: ${what}: ${why}`) // oxlint-disable-line no-console -- a skip says why
}

const shellcheck = (script: string) => spawnSync('shellcheck', ['-'], { input: script, encoding: 'utf8' }).stdout
const installScript = fileURLToPath(new URL('../../agent/install.sh', import.meta.url))

/** With URLs as long as those of a bucket in a region. */
const url = (name: string) => `https://${'b'.repeat(63)}.s3.ap-southeast-2.amazonaws.com/slurm-node-agent/0.1.0/${name}`
const download = (name: string) => ({ url: url(name), sha256: '5'.repeat(64) })
const rendered = () =>
  userDataWith('frontend', {
    node: download('node-v26.10.0-linux-x64.tar.xz'),
    agent: download('agent.tar.gz'),
    config,
  })

describe.skipIf(noShellcheck !== undefined)('shellcheck', () => {
  test('finds nothing in install.sh', async () => {
    expect(shellcheck(await readFile(installScript, 'utf8'))).toBe('')
  })

  test('finds nothing in the user_data', async () => {
    const [, boothook = ''] = /^#cloud-boothook\n([^]*)/.exec(await rendered()) ?? []
    expect(boothook).toMatch(/^#!\/bin\/sh\n/)
    expect(shellcheck(boothook)).toBe('')
  })
})

test('the user_data before the configuration is at most 2 KiB', async () => {
  const text = await rendered()
  expect(Buffer.byteLength(text.slice(0, text.indexOf(config)))).toBeLessThanOrEqual(2048)
})

const textOf = (path: string) => readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

async function installedOnce(): Promise<BareMachine> {
  const machine = await bareMachine()
  expect(await machine.boot(config)).toEqual({ code: 0, signal: undefined, stderr: '' })
  return machine
}

describe.skipIf(noThrowAwayRoot !== undefined)('a boot', () => {
  test('installs Node, the command, the configuration and the units, and starts the timer', async () => {
    const machine = await installedOnce()
    const { node, agent } = machine.downloads
    const nodeHome = `/opt/slurm-node-agent/node-${node.sha256}`
    const release = `/opt/slurm-node-agent/agent-${agent.sha256}`
    expect(await machine.installed()).toEqual({
      '/opt/slurm-node-agent': 'directory 755',
      [nodeHome]: 'directory 755',
      [`${nodeHome}/LICENSE`]: '644 a licence\n',
      [`${nodeHome}/bin`]: 'directory 755',
      [`${nodeHome}/bin/node`]: '755 #!/bin/sh\necho node "$@"\n',
      [release]: 'directory 755',
      [`${release}/install.sh`]: `755 ${await textOf('agent/install.sh')}`,
      [`${release}/slurm-node-agent.js`]: '644 // the bundle\n',
      [`${release}/systemd`]: 'directory 755',
      [`${release}/systemd/slurm-node-agent.service`]: `644 ${await textOf('systemd/slurm-node-agent.service')}`,
      [`${release}/systemd/slurm-node-agent.timer`]: `644 ${await textOf('systemd/slurm-node-agent.timer')}`,
      '/etc/slurm-node-agent': 'directory 755',
      [configPath]: `600 ${config}\n`,
      '/etc/needrestart': 'directory 755',
      '/etc/needrestart/conf.d': 'directory 755',
      '/etc/needrestart/conf.d/slurm-node-agent.conf': expect.stringMatching(
        /^644 #.*\npush @\{\$nrconf\{blacklist_rc\}\}, /,
      ),
      '/etc/systemd': 'directory 755',
      '/etc/systemd/system': 'directory 755',
      '/etc/systemd/system/slurm-node-agent.service': `644 ${await textOf('systemd/slurm-node-agent.service')}`,
      '/etc/systemd/system/slurm-node-agent.timer': `644 ${await textOf('systemd/slurm-node-agent.timer')}`,
      [commandPath]: `755 #!/bin/sh\numask 022\nexport SLURM_NODE_AGENT_CODE_CACHE=${release}/code-cache\nexec ${nodeHome}/bin/node --jitless --max-semi-space-size=1 ${release}/slurm-node-agent.js "$@"\n`,
      '/var/lib/slurm-node-agent': 'directory 755',
      '/var/lib/slurm-node-agent/config.sha256': expect.stringMatching(
        /^600 [0-9a-f]{64} {2}\/etc\/slurm-node-agent\/config.json\n$/,
      ),
    })
    expect(await machine.calls('systemctl')).toEqual(['systemctl enable --now --no-block slurm-node-agent.timer'])
    const { stdout } = await machine.start([commandPath, 'apply', '--only', 'two words'])
    expect(stdout).toBe(`node --jitless --max-semi-space-size=1 ${release}/slurm-node-agent.js apply --only two words`)
  })

  test('keeps needrestart from its runs alone', async () => {
    const machine = await installedOnce()
    const path = machine.at('/etc/needrestart/conf.d/slurm-node-agent.conf')
    const units = ['.service', '-bootstrap.service', '-efs.service', '.service.mount'].map(
      (end) => `slurm-node-agent${end}`,
    )
    // As needrestart reads its configuration and asks of a unit whether it is to be left.
    const ask = `our %nrconf = (blacklist_rc => []); do shift @ARGV or die;
      for my $rc (@ARGV) { print "$rc\n" if grep { $rc =~ /$_/ } @{$nrconf{blacklist_rc}} }`
    const { stdout } = spawnSync('perl', ['-e', ask, path, ...units], { encoding: 'utf8' })
    expect(stdout).toBe('slurm-node-agent.service\nslurm-node-agent-bootstrap.service\n')
  })

  test('syncs each file before it gets its name, and then the name', async () => {
    const machine = await installedOnce()
    const { node, agent } = machine.downloads
    const home = '/opt/slurm-node-agent'
    const put = (directory: string) => [`sync ${directory}/.slurm-node-agent.*`, `sync ${directory}`]
    const calls = (await machine.calls('sync')).map((call) => call.replace(/(\/\.slurm-node-agent\.)\w+$/, '$1*'))
    expect(calls).toEqual([
      `sync -f ${home}/agent-${agent.sha256}.partial`,
      `sync -f ${home}/node-${node.sha256}.partial`,
      `sync ${home}`,
      ...put('/usr/local/bin'),
      ...put('/etc/needrestart/conf.d'),
      ...put('/var/lib/slurm-node-agent'),
      ...put('/etc/slurm-node-agent'),
      ...put('/etc/systemd/system'),
      ...put('/etc/systemd/system'),
    ])
  })

  test('after it touches nothing, and lets the timer be', async () => {
    const machine = await installedOnce()
    const before = await machine.stamps()
    await machine.calls('systemctl')
    expect(await machine.boot(config)).toEqual({ code: 0, signal: undefined, stderr: '' })
    expect(await machine.stamps()).toEqual(before)
    expect(await machine.calls('systemctl')).toEqual(['systemctl enable --now --no-block slurm-node-agent.timer'])
  })

  test('leaves the release alone that is in place of its own, and gives it the configuration', async () => {
    const machine = await installedOnce()
    const other = await releaseIn(machine.at('/srv'), 'other', '// another bundle\n')
    expect(await machine.boot(config, {}, other)).toMatchObject({ code: 0, stderr: '' })
    const release = (sha256: string) => `/opt/slurm-node-agent/agent-${sha256}`
    const link = machine.at(`${release(machine.downloads.agent.sha256)}.upgrade`)
    await symlink(release(other.sha256), link)
    // No release is at hand to be fetched, nor is one needed.
    await rm(machine.at('/srv/agent.tar.gz'))
    await rm(machine.at(release(machine.downloads.agent.sha256)), { recursive: true })
    expect(await machine.boot('{"role": "other"}')).toEqual({ code: 0, signal: undefined, stderr: '' })
    expect(await readFile(machine.at(commandPath), 'utf8')).toContain(`${release(other.sha256)}/slurm-node-agent.js`)
    expect(await readFile(machine.at(configPath), 'utf8')).toBe('{"role": "other"}\n')
  })

  test('takes away a Node that it has no use for', async () => {
    const machine = await installedOnce()
    const whole = await machine.installed()
    const old = machine.at(`/opt/slurm-node-agent/node-${'0'.repeat(64)}/bin`)
    await mkdir(old, { recursive: true })
    await writeFile(`${old}/node`, 'of another time')
    expect(await machine.boot(config)).toEqual({ code: 0, signal: undefined, stderr: '' })
    expect(await machine.installed()).toEqual(whole)
  })

  test.each([
    ['a Node that does not run', 'node', 'bin/node'],
    ['a Node without its program', 'node', undefined],
    ['a release that is not whole', 'agent', undefined],
  ] as const)('makes good %s', async (_what, name, empty) => {
    const machine = await installedOnce()
    const whole = await machine.installed()
    const folder = machine.at(`/opt/slurm-node-agent/${name}-${machine.downloads[name].sha256}`)
    if (empty === undefined) {
      await rm(folder, { recursive: true })
      await mkdir(folder)
      await writeFile(`${folder}/LICENSE`, 'half')
    } else await writeFile(`${folder}/${empty}`, '#!/nowhere/loader\n')
    expect(await machine.boot(config)).toEqual({ code: 0, signal: undefined, stderr: '' })
    expect(await machine.installed()).toEqual(whole)
  })

  test.each(['cut', 'fail'] as const)(
    'may have any of its programs (%s): nothing half is in place, and the next one makes it whole',
    { timeout: 5 * minutes },
    async (how) => {
      const machine = await bareMachine()
      await machine.boot(config, { counted: true })
      const whole = await machine.installed()
      const programs = await machine.programsRun()
      expect(programs).toBeGreaterThan(70)
      for (let nth = 1; nth <= programs; nth++) {
        await machine.wipe()
        const { signal } = await machine.boot(config, { [how]: nth })
        expect(signal).toBe(how === 'cut' ? 'SIGKILL' : undefined)
        expectNothingHalf(await machine.installed(), whole)
        expect(await machine.boot(config), `program ${nth}`).toMatchObject({ code: 0, stderr: '' })
        expect(await machine.installed(), `program ${nth}`).toEqual(whole)
      }
    },
  )

  test('takes what it was putting in place when it was cut off for its own, not for edited', {
    timeout: 2 * minutes,
  }, async () => {
    const machine = await installedOnce()
    const other = '{"role": "other"}'
    await machine.boot(other, { counted: true })
    const programs = await machine.programsRun()
    await machine.boot(config)
    const inPlace = () => readFile(machine.at(configPath), 'utf8')
    let cuts = 0
    // From the last program back to the one that puts it in place.
    for (let nth = programs; nth > 0; nth--) {
      expect(await machine.boot(other, { cut: nth })).toMatchObject({ signal: 'SIGKILL' })
      if ((await inPlace()) === `${config}\n`) break
      cuts += 1
      expect(await machine.boot(config), `program ${nth}`).toMatchObject({ code: 0, stderr: '' })
      expect(await inPlace(), `program ${nth}`).toBe(`${config}\n`)
    }
    expect(cuts).toBeGreaterThan(5)
  })
})

/** What is in its place is whole; what is on its way there has a name of its own. */
function expectNothingHalf(found: Readonly<Record<string, string>>, whole: Readonly<Record<string, string>>): void {
  const inPlace = Object.entries(found).filter(([path]) => !/\.partial|\/\.slurm-node-agent\./.test(path))
  expect(whole).toMatchObject(Object.fromEntries(inPlace))
}

describe.skipIf(noThrowAwayRoot !== undefined)('a bake', () => {
  const well = { code: 0, signal: undefined, stderr: '' }

  test('installs all but the configuration, starts no timer, and leaves the rest to the agent', async () => {
    const machine = await bareMachine()
    const agent = '/opt/slurm-node-agent/agent-[0-9a-f]{64}/slurm-node-agent\\.js'
    const said = expect.stringMatching(new RegExp(`^node (?:--\\S+ )+${agent} bake --config /srv/tmp/\\S+$`))
    expect(await machine.bake(config)).toEqual({ ...well, said })
    expect(await machine.calls('systemctl')).toEqual([])
    const whole = Object.entries(await (await installedOnce()).installed())
    const ofConfig = /^\/(?:etc|var\/lib)\/slurm-node-agent/
    expect(await machine.installed()).toEqual(Object.fromEntries(whole.filter(([path]) => !ofConfig.test(path))))
  })

  test('leaves nothing to be fetched by the same user_data', async () => {
    const machine = await bareMachine()
    await machine.bake(config)
    for (const name of ['node', 'agent']) await rm(machine.at(`/srv/${name}.tar.gz`))
    expect(await machine.boot(config)).toEqual(well)
    expect(await machine.installed()).toEqual(await (await installedOnce()).installed())
    expect(await machine.calls('systemctl')).toEqual(['systemctl enable --now --no-block slurm-node-agent.timer'])
  })

  test('gives the agent the configuration, ends as the agent does, and leaves none of it', async () => {
    const machine = await installedOnce()
    const node = `/opt/slurm-node-agent/node-${machine.downloads.node.sha256}/bin/node`
    const script = '#!/bin/sh\n[ "$1" != --version ] || exit 0\nfor last; do :; done\ncat "$last"\nexit 3\n'
    await writeFile(machine.at(node), script)
    await rm(machine.at(configPath))
    expect(await machine.bake('{"role": "job"}')).toEqual({ ...well, code: 3, said: '{"role": "job"}' })
    expect(await readdir(machine.at('/srv/tmp'))).toEqual([])
    expect(await readdir(machine.at('/etc/slurm-node-agent'))).toEqual([])
  })

  test.each([
    ['a configuration', configPath],
    ['the key of a cluster', '/var/lib/slurm-node-agent/munge-key.sha256'],
    ['a configuration of Slurm, whoever wrote it', '/etc/slurm/slurm.conf'],
  ])('is refused on a machine that has %s, of which nothing is touched', async (_what, path) => {
    const machine = await installedOnce()
    await rm(machine.at(configPath))
    await mkdir(machine.at(dirname(path)), { recursive: true })
    await writeFile(machine.at(path), config)
    const { node } = machine.downloads
    await rm(machine.at(`/opt/slurm-node-agent/node-${node.sha256}`), { recursive: true })
    await writeFile(machine.at(commandPath), '# of another release\n')
    const before = await machine.stamps()
    const said = `not baked: this machine has a role, as ${path} says; bake on a new instance without user data`
    expect(await machine.bake(config)).toEqual({ ...well, code: 1, stderr: `install.sh: ${said}`, said: '' })
    expect(await machine.stamps()).toEqual(before)
  })
})

const given = ({ downloads: { node } }: BareMachine) => ['--node-url', node.url, '--node-sha256', node.sha256]

describe.skipIf(noThrowAwayRoot !== undefined)('install.sh', () => {
  test('waits for another one that is at it', async () => {
    const machine = await installedOnce()
    const first = machine.start(['flock', '/opt/slurm-node-agent', 'sh', '-c', 'sleep 1; echo >/srv/first-ended'])
    const ended = () => stat(machine.at('/srv/first-ended')).then(Boolean, () => false)
    await sleep(300)
    expect(await ended()).toBe(false)
    expect(await machine.install(...given(machine))).toMatchObject({ code: 0 })
    expect(await ended()).toBe(true)
    await first
  })

  test('refuses a Node with another checksum, and installs nothing of it', async () => {
    const machine = await installedOnce()
    const before = await machine.installed()
    await machine.calls('systemctl')
    const wrong = 'a'.repeat(64)
    const ended = await machine.install('--node-url', machine.downloads.node.url, '--node-sha256', wrong)
    const stderr = `install.sh: ${machine.downloads.node.url} does not have the checksum ${wrong}`
    expect(ended).toEqual({ code: 1, signal: undefined, stderr })
    expect(await machine.installed()).toEqual(before)
    expect(await machine.calls('systemctl')).toEqual([])
  })

  test('refuses a Node that does not run here', async () => {
    const machine = await installedOnce()
    const before = await machine.installed()
    const other = await bareMachine()
    await writeFile(other.at('/srv/node-v26.0.0-linux-x64/bin/node'), '#!/nowhere/loader\n')
    spawnSync('tar', ['-czf', machine.at('/srv/arm.tar.gz'), '-C', other.at('/srv'), 'node-v26.0.0-linux-x64'])
    const [sha256 = ''] = spawnSync('sha256sum', [machine.at('/srv/arm.tar.gz')], { encoding: 'utf8' }).stdout.split(
      ' ',
    )
    const ended = await machine.install('--node-url', 'file:///srv/arm.tar.gz', '--node-sha256', sha256)
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('does not run on') })
    expect(await machine.installed()).toEqual(before)
  })

  test('puts a new configuration in place of the one that it had put there', async () => {
    const machine = await installedOnce()
    expect(await machine.boot('{"role": "other"}')).toMatchObject({ code: 0, stderr: '' })
    expect(await readFile(machine.at(configPath), 'utf8')).toBe('{"role": "other"}\n')
  })

  test('keeps a configuration that was edited by hand, and says so', async () => {
    const machine = await installedOnce()
    await writeFile(machine.at(configPath), '{"role": "mine"}\n')
    const stderr = `install.sh: ${configPath} was edited by hand, and is kept as it is`
    expect(await machine.boot('{"role": "other"}')).toEqual({ code: 0, signal: undefined, stderr })
    expect(await machine.boot(config)).toEqual({ code: 0, signal: undefined, stderr })
    expect(await readFile(machine.at(configPath), 'utf8')).toBe('{"role": "mine"}\n')
  })

  test('keeps a configuration that was there before it', async () => {
    const machine = await installedOnce()
    await rm(machine.at('/var/lib/slurm-node-agent/config.sha256'))
    const stderr = `install.sh: ${configPath} was edited by hand, and is kept as it is`
    expect(await machine.boot('{"role": "other"}')).toEqual({ code: 0, signal: undefined, stderr })
    expect(await readFile(machine.at(configPath), 'utf8')).toBe(`${config}\n`)
  })

  test('follows the user_data again once the edit is undone', async () => {
    const machine = await installedOnce()
    await writeFile(machine.at(configPath), '{"role": "mine"}\n')
    await machine.boot(config)
    await writeFile(machine.at(configPath), `${config}\n`)
    await machine.boot('{"role": "other"}')
    expect(await readFile(machine.at(configPath), 'utf8')).toBe('{"role": "other"}\n')
  })

  test('takes the configuration from a file, and needs none', async () => {
    const machine = await installedOnce()
    await writeFile(machine.at('/srv/config.json'), '{"role": "file"}\n')
    expect(await machine.install(...given(machine), '--config', '/srv/config.json')).toMatchObject({ code: 0 })
    expect(await machine.install(...given(machine))).toMatchObject({ code: 0 })
    expect(await readFile(machine.at(configPath), 'utf8')).toBe('{"role": "file"}\n')
  })

  test('needs no URL for a Node that is installed', async () => {
    const machine = await installedOnce()
    const before = await machine.stamps()
    expect(await machine.install('--node-sha256', machine.downloads.node.sha256)).toMatchObject({ code: 0 })
    expect(await machine.stamps()).toEqual(before)
  })

  test('puts changed units in place, and has systemd read them', async () => {
    const machine = await installedOnce()
    await machine.calls('systemctl')
    const unit = machine.at('/etc/systemd/system/slurm-node-agent.timer')
    const before = await readFile(unit, 'utf8')
    await writeFile(unit, '# an older one\n')
    await machine.boot(config)
    expect(await readFile(unit, 'utf8')).toBe(before)
    // systemctl enable makes systemd read its units anew.
    expect(await machine.calls('systemctl')).toEqual(['systemctl enable --now --no-block slurm-node-agent.timer'])
  })

  test.each([
    [['--node-url'], '--node-url needs a value'],
    [['--force', 'yes'], 'unknown option --force'],
    [[], '--node-sha256 must be 64 hexadecimal digits'],
    [
      ['--node-sha256', 'a'.repeat(64)],
      `there is no Node in /opt/slurm-node-agent/node-${'a'.repeat(64)} that runs: --node-url is missing`,
    ],
    [['--node-url', 'file:///srv/node.tar.gz', '--node-sha256', 'abc'], '--node-sha256 must be 64 hexadecimal digits'],
    [['--node-url', 'x', '--node-sha256', `../${'a'.repeat(61)}`], '--node-sha256 must be 64 hexadecimal digits'],
    [['--bake', '--node-sha256', 'a'.repeat(64)], '--bake needs --config'],
  ])('with the arguments %j says what is wrong', async (args, problem) => {
    const machine = await installedOnce()
    expect(await machine.install(...args)).toEqual({ code: 1, signal: undefined, stderr: `install.sh: ${problem}` })
  })
})
