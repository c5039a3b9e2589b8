import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { renderTemplate } from '../lab/user-data.ts'
import { exampleOf, type Role, renderedExamples, roles } from './examples.ts'
import { noTerraform, terraformFolder } from './terraform.ts'

const noShellcheck = spawnSync('shellcheck', ['--version']).error?.message
for (const [what, why] of Object.entries({ shellcheck: noShellcheck, terraform: noTerraform })) {
  if (why !== undefined) console.warn(`skipped: ${what}: ${why}`) // oxlint-disable-line no-console -- a skip says why
}

const example = (role: Role) => readFile(exampleOf(role), 'utf8')
const template = () => readFile(join(terraformFolder, 'modules/user-data/user_data.sh.tftpl'), 'utf8')

/** What the template was given, read back from what came of it. */
function valuesIn(text: string): Record<string, string> {
  const found =
    /agent-(?<agent_sha256>[0-9a-f]{64})\n[^]* '(?<agent_url>.*)'\n[^]* --node-url '(?<node_url>.*)' --node-sha256 (?<node_sha256>\S+) .*\n(?<config_json>.*)\nCONFIG\n$/.exec(
      text,
    )
  return { ...found?.groups }
}

describe.each(roles)('the user_data of the role %s', (role) => {
  test('comes out of the lab as it does out of terraform', async () => {
    const text = await example(role)
    expect(renderTemplate(await template(), valuesIn(text))).toBe(text)
  })

  test('is of its role', async () => {
    const { config_json: json = '' } = valuesIn(await example(role))
    expect(JSON.parse(json)).toMatchObject({ role })
  })

  test.skipIf(noShellcheck !== undefined)('is clean by shellcheck', async () => {
    const [, boothook = ''] = /^#cloud-boothook\n([^]*)/.exec(await example(role)) ?? []
    expect(boothook).toMatch(/^#!\/bin\/sh\n/)
    expect(spawnSync('shellcheck', ['-'], { input: boothook, encoding: 'utf8' }).stdout).toBe('')
  })
})

test.each(roles)('the configuration of the role %s that the module makes is good', async (role) => {
  const { config_json: json = '' } = valuesIn(await example(role))
  expect(parseConfig(json)).toMatchObject({ is: 'good' })
})

test.skipIf(noTerraform !== undefined)('the committed examples are what terraform renders', async () => {
  expect(await renderedExamples()).toEqual({ frontend: await example('frontend'), job: await example('job') })
})
