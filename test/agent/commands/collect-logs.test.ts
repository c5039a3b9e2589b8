import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { beforeEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'
import { noThrowAwayRoot, type ThrowAwayRoot, throwAwayRoot } from '../throw-away-root.ts'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))
// Text, so that it would be found even where it was read as text.
const key = 'bm90IGEga2V5LCBidXQgYXMgZ29vZCBhcyBvbmU'
const logs = '/var/log/slurm-node-agent'

/** Where a front end has them, each with a word of its own; the machine below has none of its tools' databases. */
const files: Readonly<Record<string, string>> = {
  '/var/lib/slurm-node-agent/state.json': '{"runId": "r1"}',
  [`${logs}/agent.jsonl`]: '{"event":"run-started"}\n',
  [`${logs}/stray.key`]: key,
  '/etc/slurm-node-agent/config.json': '{"role": "frontend"}',
  '/etc/fstab': '//nas/x /mnt/x cifs username=u,password=sesame,vers=3 0 0\n',
  '/etc/slurm/slurm.conf': 'ClusterName=c\nAccountingStoragePass=sesame\n',
  '/etc/munge/munge.key': key,
  '/var/lib/share/slurm/munge/current.key': key,
  '/var/lib/share/slurm/munge.key': key,
}

let root: ThrowAwayRoot

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(root.at(path)), { recursive: true })
  await writeFile(root.at(path), content)
}

function collect(...args: readonly string[]) {
  return root.start([process.execPath, main, 'collect-logs', ...args])
}

/** What is in the archive, by name. */
async function unpacked(archive: string): Promise<Readonly<Record<string, string>>> {
  const directory = await temporaryDirectory()
  await execa('tar', ['--extract', '--file', archive, '--directory', directory, '--strip-components=1'])
  const names = (await readdir(directory)).toSorted()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(`${directory}/${name}`, 'utf8')] as const)),
  )
}

describe.skipIf(noThrowAwayRoot !== undefined)('collect-logs', () => {
  beforeEach(async () => {
    root = await throwAwayRoot(['/etc', '/var/lib', '/var/log', '/run'])
    for (const [path, content] of Object.entries(files)) await write(path, content)
  })

  test('makes an archive of what there is, for root alone, and notes what is not there', async () => {
    const { exitCode, stdout, stderr } = await collect('/run/report.tar.gz')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^\/run\/report\.tar\.gz\n\d+ of its parts could not be had; notes\.txt in it says why\.\n/)
    expect((await stat(root.at('/run/report.tar.gz'))).mode & 0o777).toBe(0o600)
    const report = await unpacked(root.at('/run/report.tar.gz'))
    expect(report).toMatchObject({
      'state.json': '{"runId": "r1"}',
      'agent.jsonl': '{"event":"run-started"}\n',
      'config.json': '{"role": "frontend"}',
      'uname.txt': expect.stringContaining('Linux'),
      'notes.txt': expect.stringMatching(
        /^slurm-node-agent development, collected \S+Z\nagent\.jsonl\.1: \S+ is not there\n/,
      ),
    })
    expect(JSON.parse(report['findmnt.json'] ?? '')).toHaveProperty('filesystems')
  })

  test('takes no key along, also not where a link leads to one', async () => {
    await symlink('/etc/munge/munge.key', root.at(`${logs}/agent.jsonl.1`))
    await symlink('/var/lib/share/slurm/munge/current.key', root.at('/etc/slurm/cgroup.conf'))
    await symlink('/var/lib/share/slurm/munge.key', root.at('/etc/hosts'))
    await collect('/run/report.tar.gz')
    const report = await unpacked(root.at('/run/report.tar.gz'))
    for (const text of Object.values(report)) expect(text).not.toContain(key)
    expect(Object.keys(report)).not.toContain('stray.key')
    expect(report['notes.txt']?.split('\n').filter((line) => line.includes('kept back'))).toEqual([
      `agent.jsonl.1: ${logs}/agent.jsonl.1 leads to /etc/munge/munge.key, which is kept back`,
      'hosts: /etc/hosts leads to /var/lib/share/slurm/munge.key, which is kept back',
      'cgroup.conf: /etc/slurm/cgroup.conf leads to /var/lib/share/slurm/munge/current.key, which is kept back',
    ])
  })

  test('leaves out passwords that others wrote', async () => {
    await collect('/run/report.tar.gz')
    expect(await unpacked(root.at('/run/report.tar.gz'))).toMatchObject({
      fstab: '//nas/x /mnt/x cifs username=u,password=(left out) 0 0\n',
      'slurm.conf': 'ClusterName=c\nAccountingStoragePass=(left out)\n',
    })
  })

  test('leaves a file that is there already alone', async () => {
    await write('/run/report.tar.gz', 'mine')
    const { exitCode, stderr } = await collect('/run/report.tar.gz')
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/report\.tar\.gz cannot be made; name another: .*EEXIST/),
    ])
    expect(await readFile(root.at('/run/report.tar.gz'), 'utf8')).toBe('mine')
  })

  test('without a name makes one for the machine and the time, and leaves nothing else', async () => {
    const { stdout } = await root.start([
      'sh',
      '-c',
      `cd /run && TMPDIR=/run exec "$0" "$@"`,
      process.execPath,
      main,
      'collect-logs',
    ])
    const name = /^\/run\/(slurm-node-agent-.*-\d{8}T\d{6}Z\.tar\.gz)$/m.exec(stdout)?.[1]
    expect(await readdir(root.at('/run'))).toEqual([name])
  })

  test('is for one file alone', async () => {
    const { exitCode, stderr } = await collect('/run/a', '/run/b')
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining('unexpected argument /run/b')])
  })
})
