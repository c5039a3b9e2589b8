import { chmod, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { makeRelease } from '../../scripts/package/release.ts'
import { runScript } from './script-run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

interface Circumstances {
  readonly mode: number
  readonly date: number
  readonly umask: number
}

const usual: Circumstances = { mode: 0o755, date: 1_600_000_000, umask: 0o022 }

async function made({ mode, date, umask } = usual): Promise<string> {
  const folder = await temporaryDirectory()
  const program = join(folder, 'bundle.js')
  await writeFile(program, '#!/usr/bin/env node\n// the bundle\n')
  await chmod(program, mode)
  await utimes(program, date, date)
  const before = process.umask(umask)
  try {
    return await makeRelease(program, join(folder, 'dist'))
  } finally {
    process.umask(before)
  }
}

async function listed(release: string): Promise<readonly string[]> {
  const argv = ['--list', '--verbose', '--numeric-owner', '--full-time', `--file=${release}`]
  const { stdout } = await execa('tar', argv, { env: { TZ: 'UTC' } })
  // Without the sizes.
  return stdout.split('\n').map((line) => line.replace(/ +\d+ (?=\d{4}-)/, ' '))
}

describe('the release', () => {
  test("is in this order, all root's and of one date", async () => {
    expect(await listed(await made())).toEqual([
      '-rwxr-xr-x 0/0 1970-01-01 00:00:00 slurm-node-agent.js',
      '-rwxr-xr-x 0/0 1970-01-01 00:00:00 install.sh',
      'drwxr-xr-x 0/0 1970-01-01 00:00:00 systemd/',
      '-rw-r--r-- 0/0 1970-01-01 00:00:00 systemd/slurm-node-agent.service',
      '-rw-r--r-- 0/0 1970-01-01 00:00:00 systemd/slurm-node-agent.timer',
    ])
  })

  test('is the same to the byte when it is made again, at another time and by somebody else', async () => {
    const again = await made({ mode: 0o600, date: 1_650_000_000, umask: 0o077 })
    expect(await readFile(again)).toEqual(await readFile(await made()))
  })
})

test('npm run release builds the bundle and puts it into the release', { timeout: 60_000 }, async () => {
  const { stdout, at } = await runScript('release.ts', [], 1_700_000_000)
  expect(stdout).toBe('dist/slurm-node-agent.tar.gz')
  expect((await listed(at(stdout)))[0]).toBe('-rwxr-xr-x 0/0 1970-01-01 00:00:00 slurm-node-agent.js')
  await execa('tar', ['--extract', `--file=${at(stdout)}`, `--directory=${at('.')}`])
  const { stdout: said } = await execa(process.execPath, [at('slurm-node-agent.js'), 'version'])
  expect(said).toBe(manifest.version)
})
