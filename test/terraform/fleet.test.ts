import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { stepsOf } from '../../src/steps/roles.ts'
import document from '../../terraform/fleet.json' with { type: 'json' }
import { noThrowAwayRoot, throwAwayRoot } from '../agent/throw-away-root.ts'
import { fleetScript } from '../lab/fleet-script.ts'
import { configuration, jobConfiguration } from '../steps/configuration.ts'
import { bodyAt, type Plan, plainPlan, plan, statementsOf } from './plan.ts'
import { noTerraform } from './terraform.ts'

for (const [what, why] of Object.entries({ terraform: noTerraform, running: noThrowAwayRoot })) {
  if (why !== undefined) console.warn(`skipped: ${what}: ${why}`) // oxlint-disable-line no-console -- a skip says why
}

const agent = '/usr/local/bin/slurm-node-agent'
const scriptPath = '/srv/_script.sh'

/** As Systems Manager's agent starts it, with an agent of ours that says what it was called with. */
async function run(script: string, isDisabled = false) {
  const root = await throwAwayRoot(['/usr/local/bin', '/srv', '/etc'])
  if (isDisabled) {
    await mkdir(root.at('/etc/slurm-node-agent'))
    await writeFile(root.at('/etc/slurm-node-agent/disabled'), '')
  }
  await writeFile(root.at(agent), '#!/bin/sh\necho "$@"\nexit 7\n', { mode: 0o755 })
  await writeFile(root.at(scriptPath), script, { mode: 0o700 })
  const { exitCode, stdout } = await root.start(['sh', '-c', scriptPath, ''])
  return [exitCode, stdout]
}

describe('the document', () => {
  test.skipIf(noThrowAwayRoot !== undefined).each([
    ['plan', 'plan --detailed-exitcode'],
    ['apply', 'apply'],
    ['status', 'status --wait --json'],
  ])('has %s run, and ends as it does', async (command, words) => {
    expect(await run(fleetScript(command))).toEqual([7, words])
  })

  test.skipIf(noThrowAwayRoot !== undefined)('applies nothing where the agent is disabled', async () => {
    expect(await run(fleetScript('apply'), true)).toEqual([1, ''])
    expect(await run(fleetScript('plan'), true)).toEqual([7, 'plan --detailed-exitcode'])
  })

  test.skipIf(noThrowAwayRoot !== undefined)('has nothing run for another word', async () => {
    expect(() => fleetScript('upgrade')).toThrow('takes no other command')
    expect(await run(fleetScript('plan').replace("'plan' in", "'upgrade' in"))).toEqual([64, ''])
  })

  test.each([configuration(), jobConfiguration()])(
    'cuts off no run of the role $role before its deadlines do',
    (config) => {
      let longestMs = 0
      for (const { deadlineMs } of stepsOf(config)) longestMs += deadlineMs
      const [timeoutSeconds = 0] = document.mainSteps.map(({ inputs }) => Number(inputs.timeoutSeconds))
      expect(timeoutSeconds * 1000).toBeGreaterThan(longestMs)
    },
  )
})

function ofSystemsManager(made: Plan): readonly string[] {
  return Object.keys(made).filter((address) => address.startsWith('aws_ssm_'))
}

describe('the fleet', { skip: noTerraform !== undefined, timeout: 120_000 }, () => {
  test('is none where nothing is set', async () => {
    expect(ofSystemsManager(await plainPlan())).toEqual([])
  })

  test('is the document, and nothing that runs it, where it is on', async () => {
    const made = await plan({ fleet: {} })
    expect(ofSystemsManager(made)).toEqual(['aws_ssm_document.fleet[0]'])
    const { content, ...rest } = bodyAt(made, 'aws_ssm_document.fleet[0]')
    expect(rest).toMatchObject({ name: 'slurm-node-agent-slurm', document_type: 'Command' })
    expect(JSON.parse(String(content))).toEqual(document)
  })

  test('is all instances of the cluster, at the times of a schedule', async () => {
    const made = await plan({ name: 'hpc', fleet: { schedule: 'rate(1 day)' } })
    expect(bodyAt(made, 'aws_ssm_association.fleet[0]')).toMatchObject({
      name: 'slurm-node-agent-hpc',
      parameters: { command: 'plan' },
      schedule_expression: 'rate(1 day)',
      apply_only_at_cron_interval: false,
      max_concurrency: '10',
      max_errors: '100%',
      targets: [{ key: 'tag:SlurmCluster', values: ['hpc'] }],
      output_location: [],
    })
  })

  test('waits for its first time with a cron, and writes to a bucket where one is given', async () => {
    const fleet = { schedule: 'cron(0 6 * * ? *)', command: 'apply', max_errors: '1', output_bucket: 'reports' }
    expect(bodyAt(await plan({ fleet }), 'aws_ssm_association.fleet[0]')).toMatchObject({
      parameters: { command: 'apply' },
      apply_only_at_cron_interval: true,
      max_errors: '1',
      output_location: [{ s3_bucket_name: 'reports', s3_key_prefix: 'slurm-node-agent-slurm' }],
    })
  })

  test.each(['frontend', 'job'])(
    'lets the instances of the role %s be reached, and read no parameters',
    async (role) => {
      const before = statementsOf(await plainPlan(), role)
      const [messages, ...others] = statementsOf(await plan({ fleet: { output_bucket: 'reports' } }), role).slice(
        before.length,
      )
      expect(messages).toMatchObject({ Resource: ['*'] })
      expect(messages?.Action.filter((action) => action.includes('Parameter'))).toEqual([])
      expect(others).toEqual([
        {
          Effect: 'Allow',
          Action: ['ssm:DescribeDocument', 'ssm:GetDocument'],
          Resource: ['arn:aws:ssm:eu-west-1:123456789012:document/fleet'],
        },
        { Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::reports/slurm-node-agent-slurm/*'] },
      ])
    },
  )
})
