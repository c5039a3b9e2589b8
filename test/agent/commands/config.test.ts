import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

const good = {
  role: 'frontend',
  efs: { fileSystemId: 'fs-0123456789abcdef0' },
  dataVolume: { volumeId: 'vol-0123456789abcdef0' },
}

async function file(content: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'config.json')
  await writeFile(path, content)
  return path
}

describe('config', () => {
  test('check says that a good configuration is', async () => {
    const path = await file(JSON.stringify(good))
    expect(run('config', 'check', '--config', path)).toEqual({ code: 0, stdout: `${path} is good\n`, stderr: '' })
  })

  test('check lists every problem by its path, one a line, after a line that says what to do', async () => {
    const path = await file(JSON.stringify({ ...good, hostname: 'a.b', efs: { fileSystemId: 'x', mountpoint: '/a' } }))
    const { code, stdout, stderr } = run('config', 'check', '--config', path)
    expect([code, stdout]).toEqual([78, ''])
    const [first, ...problems] = stderr.trimEnd().split('\n')
    expect(first).toBe(`slurm-node-agent: ${path} has 3 problems; nothing was changed; correct and try again:`)
    expect(problems.toSorted().map((line) => line.replace(/( must be a host name).*/, '$1'))).toEqual([
      '  efs.fileSystemId: must be "fs-" and 8 or 17 hexadecimal digits',
      '  efs.mountpoint: is not known; did you mean "mountPoint"?',
      '  hostname: must be a host name',
    ])
  })

  test.each([
    ['nothing', ''],
    ['half of it', '{"role": "fron'],
    ['no object', '[]'],
    ['bytes that are no text', '\u0000\u0001'],
  ])('with %s is bad configuration', async (_what, content) => {
    const { code, stderr } = run('config', 'show', '--config', await file(content))
    expect(code).toBe(78)
    expect(stderr).toMatch(/^slurm-node-agent: \S+config.json has 1 problem; .*\n {2}must be .*\n$/)
  })

  test('that is missing, or cannot be read, is bad configuration too', async () => {
    expect(run('config', 'check', '--config', '/nowhere')).toEqual({
      code: 78,
      stdout: '',
      stderr: 'slurm-node-agent: /nowhere is missing; write it, or name another with --config\n',
    })
    expect(run('config', 'check', '--config', '/etc')).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/^slurm-node-agent: \/etc cannot be read: EISDIR/),
    })
  })

  test('show prints it with its defaults, and that is good again', async () => {
    const { stdout } = run('config', 'show', '--config', await file(JSON.stringify(good)))
    expect(JSON.parse(stdout)).toMatchObject({ ...good, hostname: 'frontend-server', nfs: { rootSquash: true } })
    expect(run('config', 'show', '--config', await file(stdout)).stdout).toBe(stdout)
  })

  test('schema prints a JSON Schema', () => {
    expect(JSON.parse(run('config', 'schema').stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      oneOf: [
        { properties: { role: { const: 'frontend', description: 'What this instance is in the cluster.' } } },
        { properties: { role: { const: 'job' } } },
      ],
    })
  })
})

describe('the command line', () => {
  test.each([
    [[], 'a command is missing'],
    [['aply'], 'there is no command aply'],
    [['config'], 'config takes one of check, schema and show'],
    [['config', 'chek'], 'config takes one of check, schema and show'],
    [['config', 'check', 'this'], 'unexpected argument this'],
    [['plan', 'this'], 'unexpected argument this'],
    [['status', 'this'], 'unexpected argument this'],
    [['status', '--config', '/etc/x'], "Unknown option '--config'"],
    [['apply', '--only'], "Option '--only <value>' argument missing"],
  ])('%j is a usage error', (args, problem) => {
    const { code, stdout, stderr } = run(...args)
    expect([code, stdout]).toEqual([64, ''])
    expect(stderr).toMatch(/^slurm-node-agent: .*; slurm-node-agent help\n$/)
    expect(stderr).toContain(problem)
  })

  test('help fits into 100 columns and names every command and exit code', () => {
    const { code, stdout } = run('help')
    expect([code, stdout.split('\n').filter((line) => line.length > 100)]).toEqual([0, []])
    for (const word of ['apply', 'plan', 'status', 'explain', 'config check', '64', '75', '78'])
      expect(stdout).toContain(word)
  })

  test('version prints one', () => {
    expect(run('--version')).toEqual({ code: 0, stdout: 'development\n', stderr: '' })
  })

  test.runIf(process.getuid?.() === 0).each(['apply', 'plan'])('%s is for root', (command) => {
    const asNobody = `process.setuid(65534); await import(${JSON.stringify(main)})`
    const argv = ['--eval', asNobody, '--', main, command]
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
    const problem = `${command} must be run as root: sudo slurm-node-agent ${command}`
    expect([status, stderr]).toEqual([1, `slurm-node-agent: ${problem}\n`])
  })
})
