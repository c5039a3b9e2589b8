import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { replaced } from '../replaced.ts'
import { renderedExamples } from './examples.ts'
import { noTerraform } from './terraform.ts'
import { configurationIn, exampleOf, type Role, roles, userDataWith } from './user-data-example.ts'

const noShellcheck = spawnSync('shellcheck', ['--version']).error?.message
for (const [what, why] of Object.entries({ shellcheck: noShellcheck, terraform: noTerraform })) {
  if (why !== undefined) console.warn(`skipped: ${what}: ${why}`) // oxlint-disable-line no-console -- a skip says why
}

const example = (role: Role) => readFile(exampleOf(role), 'utf8')

describe.each(roles)('the user_data of the role %s', (role) => {
  test('is of its role, with a configuration that is good', async () => {
    expect(parseConfig(configurationIn(await example(role)))).toMatchObject({ is: 'good', config: { role } })
  })

  test('differs from any other in what it fetches and in its configuration alone', async () => {
    const download = (name: string) => ({ url: `https://mirror/${name}`, sha256: name.repeat(64) })
    const config = `{\n  "role": "${role}"\n}`
    const made = await userDataWith(role, { agent: download('a'), node: download('b'), config })
    const text = await example(role)
    const asRendered = replaced(made, config, configurationIn(text)).split('\n')
    const differing = text.split('\n').filter((line, index) => line !== asRendered[index])
    expect(differing).toHaveLength(4)
    expect(made.match(/https:\S+?(?=')/g)).toEqual(['https://mirror/a', 'https://mirror/b'])
    expect(made.match(/[0-9a-f]{64}/g)).toEqual(['a', 'a', 'b'].map((digit) => digit.repeat(64)))
  })

  test('is the template, with values in the place of its names', async () => {
    const agent = { url: `\${agent_url}`, sha256: `\${agent_sha256}` }
    const node = { url: `\${node_url}`, sha256: `\${node_sha256}` }
    const made = await userDataWith(role, { agent, node, config: `\${config_json}` })
    expect(made).toBe(await readFile(join(dirname(exampleOf(role)), '../user_data.sh.tftpl'), 'utf8'))
  })

  test.skipIf(noShellcheck !== undefined)('is clean by shellcheck', async () => {
    const [, boothook = ''] = /^#cloud-boothook\n([^]*)/.exec(await example(role)) ?? []
    expect(boothook).toMatch(/^#!\/bin\/sh\n/)
    expect(spawnSync('shellcheck', ['-'], { input: boothook, encoding: 'utf8' }).stdout).toBe('')
  })
})

test('what is not there is not replaced', () => {
  expect(replaced('a b a', 'a', '$&')).toBe('$& b $&')
  expect(() => replaced('a b', 'c', 'd')).toThrow('not there, and so not to be replaced: c')
})

test.skipIf(noTerraform !== undefined)('the committed examples are what terraform renders', async () => {
  expect(await renderedExamples()).toEqual({ frontend: await example('frontend'), job: await example('job') })
})
