import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import schema from '../fixtures/packer/amazon-ebs.json' with { type: 'json' }
import { type Block, bodiesOf, parseModule, readModule } from './hcl.ts'
import { moduleProblems } from './module-problems.ts'
import { schemaProblems } from './schema-problems.ts'
import { terraformFolder } from './terraform.ts'

const folder = join(terraformFolder, 'image')
const text = await readFile(join(folder, 'slurm-node-agent.pkr.hcl'), 'utf8')
const template = await parseModule({ 'slurm-node-agent.pkr.hcl': text })

const blocksOf = (kind: Block['kind']) => template.blocks.filter((block) => block.kind === kind)
const [source] = blocksOf('source')

test('the template refers to what it declares, and declares what it uses', async () => {
  const nothing = { source: 'Packer', resource: {}, data: {} }
  expect(await moduleProblems(template, nothing, () => parseModule({}))).toEqual([])
})

test('its source takes what it is given', () => {
  const { source: from, ...resource } = schema
  expect(source?.labels).toEqual(['amazon-ebs', 'this'])
  const problems = source && schemaProblems({ ...source, kind: 'resource' }, { source: from, resource, data: {} })
  expect(problems).toEqual([])
})

test('what comes of it is encrypted, has version 2 of the metadata service alone, and no key of the build', () => {
  expect(source?.body).toMatchObject({
    encrypt_boot: true,
    imds_support: 'v2.0',
    metadata_options: [{ http_tokens: 'required' }],
    ssh_clear_authorized_keys: true,
  })
})

test('the instance that is baked takes SSH from where Packer is, and not from the world', () => {
  expect(source?.body).toMatchObject({
    temporary_security_group_source_public_ip: '${var.ssh_interface == null}',
    temporary_security_group_source_cidrs: '${var.ssh_interface == "private_ip" ? local.private_networks : null}',
  })
})

test('every variable is described', () => {
  expect(blocksOf('variable').filter(({ body }) => typeof body['description'] !== 'string')).toEqual([])
})

test('it takes no other release and Node than the user_data does', async () => {
  const { blocks } = await readModule(join(terraformFolder, 'modules/user-data'))
  const conditionsOf = (all: readonly Block[], name: string) =>
    all
      .filter(({ kind, labels }) => kind === 'variable' && labels[0] === name)
      .flatMap(({ body }) => bodiesOf(body['validation']).map(({ condition }) => condition))
  for (const name of ['agent', 'node']) {
    expect(conditionsOf(template.blocks, name)).toHaveLength(2)
    expect(conditionsOf(template.blocks, name)).toEqual(conditionsOf(blocks, name))
  }
})

test('it bakes by the user_data of an instance, and gives it all that it asks for', async () => {
  const [, path = '', values = ''] = /templatefile\("([^"]+)", \{([^}]*)\}/.exec(text) ?? []
  const userData = await readFile(join(folder, path), 'utf8')
  const asked = new Set([...userData.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))
  expect(new Set([...values.matchAll(/^ *(\w+) *=/gm)].map(([, name]) => name))).toEqual(asked)
  expect(text).toContain('"sudo sh ${local.user_data} --bake --config -"')
})
