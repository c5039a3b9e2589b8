import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { neverStarted, type Told } from './made-up.ts'
import { bodyAt, least, plan, planExample } from './plan.ts'
import { noTerraform } from './terraform.ts'

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

const options = { skip: noTerraform !== undefined, timeout: 120_000 }

test('what the agents tell by the tag is in the status, by host name', options, async () => {
  const made = await plan({ job_count: 3 }, { frontend: 'ready', 'job-2': 'failed EFS_API_DENIED' })
  expect(bodyAt(made, 'output.status')).toEqual({
    'frontend-server': 'ready',
    'job-1': null,
    'job-2': 'failed EFS_API_DENIED',
    'job-3': null,
  })
})

describe('the check of the complete example', options, () => {
  const arm64 = { url: 'https://example.com/node-arm64.tar.xz', sha256: '3'.repeat(64) }
  const variables = { node: { ...least.node, arm64 }, agent_file: fileURLToPath(import.meta.url) }
  const checked = async (told: Told) => bodyAt(await planExample('complete', variables, told), 'check.ready')

  test('passes where all instances are ready', async () => {
    const told = { frontend: 'ready', 'i-0000000000000000a': 'ready', 'i-0000000000000000b': 'ready' }
    expect(await checked(told)).toEqual({ status: 'pass', messages: [] })
  })

  test('fails where some are not, and says which and how they are', async () => {
    expect(await checked({ frontend: 'degraded EFS_TLS_FAILED', 'i-0000000000000000a': 'ready' })).toEqual({
      status: 'fail',
      messages: ['Not ready: frontend-server (degraded EFS_TLS_FAILED), i-0000000000000000b (nothing told yet).'],
    })
  })

  test('fails where the group has fewer than it is to have', async () => {
    const told = { frontend: 'ready', 'i-0000000000000000a': 'ready', 'i-0000000000000000b': neverStarted }
    expect(await checked(told)).toEqual({
      status: 'fail',
      messages: [expect.stringMatching(/^Job servers: 1, of at least 2\. The activity of the group .+ says why\.$/)],
    })
  })
})
