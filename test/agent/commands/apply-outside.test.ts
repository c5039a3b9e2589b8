import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { aws, xml } from '../host/fake-aws.ts'
import { web } from '../host/local-server.ts'
import { items } from '../host/role.ts'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import { type Agent, apply, configPath, goodConfig, newAgent } from './agent.ts'

const plan = `plan --config ${configPath}`

const onConsole = (agent: Agent) => readFile(agent.at('/run/console'), 'utf8').catch(() => '')

describe.skipIf(noThrowAwayRoot !== undefined)('the console of the machine', () => {
  test('has a line for the first run of a boot, and for each that ends otherwise than the one before', async () => {
    const agent = await newAgent()
    for (const machine of ['refused', 'refused', 'changes', 'changes']) await agent.run(apply, machine)
    const [failed, converged, ...more] = (await onConsole(agent)).trimEnd().split('\n')
    expect(failed).toBe('slurm-node-agent: failed: data-volume DISK_IS_ROOT: it carries /')
    expect(converged).toMatch(/^slurm-node-agent: converged after \d+\.\ds$/)
    expect(more).toEqual([])
  })

  test('has a line for a configuration that is bad: no run begins', async () => {
    const agent = await newAgent({ role: 'backend' })
    const { exitCode } = await agent.run(apply)
    expect(exitCode).toBe(78)
    expect(await onConsole(agent)).toMatch(
      /^slurm-node-agent: failed: \S+ has \d+ problems?; nothing was changed; .*role/,
    )
  })

  test('has none for a plan, for some of the steps, and for a run that was stopped', async () => {
    const agent = await newAgent()
    await agent.run(plan)
    await agent.run(`${apply} --only hostname`)
    const run = agent.run(apply, 'waiting')
    await agent.reaches(({ steps }) => steps.some(({ state }) => state === 'waiting'))
    run.kill()
    await run
    expect(await onConsole(agent)).toBe('')
  })
})

/** The metadata service of an instance with a role. */
function metadataService() {
  const all: Readonly<Record<string, string>> = { ...items, 'meta-data/instance-id': 'i-0123456789abcdef0' }
  return web(({ method, url = '' }, response) => {
    const body = method === 'PUT' ? 'token' : all[url.slice('/latest/'.length)]
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
}

afterEach(() => void vi.unstubAllEnvs())

describe.skipIf(noThrowAwayRoot !== undefined)('the tag of the instance', () => {
  test('tells what becomes of it, where that is configured', async () => {
    await using service = await metadataService()
    await using ec2 = await aws('EC2', () => xml('<CreateTagsResponse><return>true</return></CreateTagsResponse>'))
    const surroundings = {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: service.url,
      AWS_ENDPOINT_URL_EC2: process.env['AWS_ENDPOINT_URL_EC2'] ?? '',
    }
    const agent = await newAgent({ ...goodConfig, statusTag: true })
    const run = (args: string, machine: string) => agent.start(agent.argv(args), { STEPS: machine, ...surroundings })
    for (const machine of ['refused', 'good', 'good']) await run(apply, machine)
    await run(plan, 'refused')
    await run(`${apply} --only data-volume`, 'refused')
    expect(ec2.asked.map((form) => new URLSearchParams(form).get('Tag.1.Value'))).toEqual([
      'converging',
      'failed DISK_IS_ROOT',
      'converging',
      'ready',
    ])
  })

  test('tells of a configuration that is bad, once, where that asks for it', async () => {
    await using service = await metadataService()
    await using ec2 = await aws('EC2', () => xml('<CreateTagsResponse><return>true</return></CreateTagsResponse>'))
    const surroundings = {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: service.url,
      AWS_ENDPOINT_URL_EC2: process.env['AWS_ENDPOINT_URL_EC2'] ?? '',
    }
    const agent = await newAgent({ ...goodConfig, hostname: 'front end', statusTag: true })
    const run = (args: string) => agent.start(agent.argv(args), { STEPS: 'good', ...surroundings })
    for (const args of [`${apply} --only hostname`, apply, apply]) {
      expect(await run(args)).toMatchObject({ exitCode: 78, stderr: expect.stringContaining('hostname: ') })
    }
    await writeFile(agent.at(configPath), '{"statusTag": true, "role')
    expect(await run(apply)).toMatchObject({ exitCode: 78 })
    expect(ec2.asked.map((form) => new URLSearchParams(form).get('Tag.1.Value'))).toEqual(['failed CONFIG_BAD'])
  })

  test('that cannot be written hides nothing that is wrong with the configuration', async () => {
    await using service = await web((_request, response) => void response.writeHead(404).end())
    const agent = await newAgent({ ...goodConfig, hostname: 'front end', statusTag: true })
    const { exitCode, stderr } = await agent.start(agent.argv(apply), {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: service.url,
    })
    expect([exitCode, stderr]).toEqual([
      78,
      expect.stringMatching(/the tag was not written: .*404\n.*\n {2}hostname: /),
    ])
  })

  test('that cannot be written is one warning in the log, and no more', async () => {
    await using service = await web((_request, response) => void response.writeHead(404).end())
    const agent = await newAgent({ ...goodConfig, statusTag: true })
    const surroundings = { STEPS: 'good', AWS_EC2_METADATA_SERVICE_ENDPOINT: service.url }
    const { exitCode, stdout } = await agent.start(agent.argv(apply), surroundings)
    const events = stdout.split('\n').map((line) => JSON.parse(line))
    expect([exitCode, events.filter(({ level }) => level === 'warn')]).toMatchObject([
      0,
      [
        {
          event: 'status-tag-not-written',
          action: 'ec2:CreateTags',
          reason: 'the metadata service gave no token: HTTP 404',
        },
      ],
    ])
  })
})
