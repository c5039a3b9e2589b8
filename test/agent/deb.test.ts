import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { makeDeb } from '../../scripts/package/deb.ts'
import { nodeMirror, nodeTarballs } from '../../scripts/package/node-tarballs.ts'
import { noDpkgDeb } from './debian-machine.ts'
import { shasums } from './made-up-shasums.ts'
import { runScript } from './script-run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const noLintian = spawnSync('lintian', ['--version']).error?.message
for (const [what, why] of Object.entries({ package: noDpkgDeb, lintian: noLintian })) {
  if (why !== undefined) console.warn(`skipped: ${what}: ${why}`) // oxlint-disable-line no-console -- a skip says why
}

async function made(version = '24.9.0'): Promise<string> {
  const folder = await temporaryDirectory()
  const program = join(folder, 'bundle.js')
  await writeFile(program, '#!/usr/bin/env node\n// the bundle\n')
  const node = nodeTarballs(shasums({ version }), nodeMirror)
  return await makeDeb({ program, node, epoch: 1_700_000_000 }, join(folder, 'dist'))
}

async function unpacked(deb: string): Promise<(path: string) => string> {
  const folder = await temporaryDirectory()
  await execa('dpkg-deb', ['--raw-extract', deb, folder])
  return (path) => join(folder, path)
}

describe.skipIf(noDpkgDeb !== undefined)('the Debian package', () => {
  test("has the release, the page, the completion and the papers, all root's", async () => {
    const { stdout } = await execa('dpkg-deb', ['--contents', await made()])
    const entries = stdout.split('\n').map((line) => line.split(/\s+/))
    expect(new Set(entries.map(([, owner, , date, time]) => `${owner} ${date} ${time}`))).toEqual(
      new Set(['root/root 2023-11-14 22:13']),
    )
    const directories = entries.filter(([mode]) => mode?.startsWith('d'))
    expect(new Set(directories.map(([mode]) => mode))).toEqual(new Set(['drwxr-xr-x']))
    const files = entries.filter((entry) => !directories.includes(entry))
    expect(files.map(([mode, , , , , path]) => `${mode} ${path}`)).toEqual([
      '-rwxr-xr-x ./opt/slurm-node-agent/package/install.sh',
      '-rw-r--r-- ./opt/slurm-node-agent/package/node-tarballs',
      '-rw-r--r-- ./opt/slurm-node-agent/package/slurm-node-agent.js',
      '-rw-r--r-- ./opt/slurm-node-agent/package/systemd/slurm-node-agent.service',
      '-rw-r--r-- ./opt/slurm-node-agent/package/systemd/slurm-node-agent.timer',
      '-rw-r--r-- ./usr/share/bash-completion/completions/slurm-node-agent',
      '-rw-r--r-- ./usr/share/doc/slurm-node-agent/changelog.gz',
      '-rw-r--r-- ./usr/share/doc/slurm-node-agent/copyright',
      '-rw-r--r-- ./usr/share/lintian/overrides/slurm-node-agent',
      '-rw-r--r-- ./usr/share/man/man8/slurm-node-agent.8.gz',
    ])
  })

  test('has the files of this project in it, and checksums that hold', async () => {
    const at = await unpacked(await made())
    const release = 'opt/slurm-node-agent/package'
    const same = async (path: string, source: string) =>
      expect(await readFile(at(path), 'utf8')).toBe(await readFile(join(project, source), 'utf8'))
    await same(`${release}/install.sh`, 'agent/install.sh')
    for (const kind of ['service', 'timer']) {
      await same(`${release}/systemd/slurm-node-agent.${kind}`, `systemd/slurm-node-agent.${kind}`)
    }
    const page = gunzipSync(await readFile(at('usr/share/man/man8/slurm-node-agent.8.gz')))
    expect(page).toEqual(await readFile(join(project, 'docs/slurm-node-agent.8')))
    const checked = await execa('md5sum', ['--check', '--strict', 'DEBIAN/md5sums'], { cwd: at('.') })
    expect(checked.stdout.split('\n')).toHaveLength(10)
  })

  test('says what it is', async () => {
    const { stdout } = await execa('dpkg-deb', [
      '--field',
      await made(),
      'Package',
      'Version',
      'Architecture',
      'Depends',
    ])
    expect(stdout.split('\n')).toEqual([
      'Package: slurm-node-agent',
      `Version: ${manifest.version}`,
      'Architecture: all',
      'Depends: ca-certificates, curl, libstdc++6, systemd',
    ])
  })

  test('has libatomic come with a Node that needs it', async () => {
    const { stdout } = await execa('dpkg-deb', ['--field', await made('26.1.0'), 'Depends'])
    expect(stdout).toBe('ca-certificates, curl, libatomic1, libstdc++6, systemd')
  })

  test('names the licence of each library that is in the bundle', async () => {
    const at = await unpacked(await made())
    const text = await readFile(at('usr/share/doc/slurm-node-agent/copyright'), 'utf8')
    expect(
      Object.keys(manifest.dependencies).filter((name) => !new RegExp(`(?:^|, )${name} \\d`, 'm').test(text)),
    ).toEqual([])
    expect(text).toMatch(/^Copyright \(c\) .* Colin McDonnell$/m)
  })

  test('is the same to the byte when it is made again', async () => {
    expect(await readFile(await made())).toEqual(await readFile(await made()))
  })

  test.skipIf(noLintian !== undefined)(
    'is one that lintian finds nothing wrong with',
    { timeout: 120_000 },
    async () => {
      const { stdout } = await execa('lintian', ['--fail-on=warning', await made()], { reject: false })
      expect(stdout).toBe('')
    },
  )
})

describe('npm run package', () => {
  test.skipIf(noDpkgDeb !== undefined)(
    'builds the bundle and makes a package that has it and fetches the Node of the file',
    { timeout: 60_000 },
    async () => {
      const file = join(await temporaryDirectory(), 'SHASUMS256.txt')
      await writeFile(file, shasums())
      const argv = ['--shasums', file, '--node-mirror', 'https://mirror.example.com']
      const { stdout, at } = await runScript('package.ts', argv, 1_700_000_000)
      expect(stdout).toBe(`dist/slurm-node-agent_${manifest.version}_all.deb`)
      const inside = await unpacked(at(stdout))
      const release = 'opt/slurm-node-agent/package'
      expect(await readFile(inside(`${release}/node-tarballs`), 'utf8')).toBe(
        nodeTarballs(shasums(), 'https://mirror.example.com').text,
      )
      const { stdout: said } = await execa(process.execPath, [inside(`${release}/slurm-node-agent.js`), 'version'])
      expect(said).toBe(manifest.version)
      const changelog = gunzipSync(await readFile(inside('usr/share/doc/slurm-node-agent/changelog.gz')))
      expect(changelog.toString()).toMatch(/ Tue, 14 Nov 2023 22:13:20 \+0000$/m)
    },
  )

  test.each([
    [[], '--shasums is missing'],
    [['--shasums', '/nowhere/SHASUMS256.txt'], '--shasums /nowhere/SHASUMS256.txt: ENOENT'],
    [['--shasum', 'x'], "Unknown option '--shasum'"],
    [['--shasums', 'package.json'], '--shasums package.json: it is not the SHASUMS256.txt of one Node release'],
  ])('with %j says what is wrong and what to fetch, and makes nothing', (args, problem) => {
    const argv = [join(project, 'scripts/package.ts'), ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: project, encoding: 'utf8' })
    expect([status, stdout]).toEqual([1, ''])
    const [first = '', ...usage] = stderr.split('\n')
    expect(first).toContain(problem)
    expect(usage.join('\n')).toContain('https://nodejs.org/dist/latest-v24.x/SHASUMS256.txt')
  })
})
