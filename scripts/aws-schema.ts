import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { readModule } from '../test/terraform/hcl.ts'
import { schemaOfBindings } from '../test/terraform/provider-bindings.ts'
import { type BodySchema, schemaFile } from '../test/terraform/provider-schema.ts'
import { moduleFolders } from '../test/terraform/terraform.ts'

/**
 * Writes down what the AWS provider takes, of the types that our modules use. Terraform tells it only where the provider
 * is installed; this package, whose bindings are made from the provider's own schema, is 46 MB, and not kept.
 */
const bindings = { package: '@cdktn/provider-aws', version: '25.7.0' }
const provider = 'hashicorp/aws 6.66.0'

const modules = await Promise.all(moduleFolders.map(readModule))
const typesOf = (kind: 'data' | 'resource') =>
  [
    ...new Set(
      modules.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === kind ? block.labels.slice(0, 1) : []))),
    ),
  ].toSorted()

await using scratch = await mkdtempDisposable(join(tmpdir(), 'aws-schema-'))
const { stdout: packed } = await execa('npm', ['pack', '--silent', `${bindings.package}@${bindings.version}`], {
  cwd: scratch.path,
})
const schemas = async (types: readonly string[], folderOf: (type: string) => string) => {
  const paths = types.map((type) => `package/lib/${folderOf(type)}/index.js`)
  await execa('tar', ['--extract', `--file=${packed}`, ...paths], { cwd: scratch.path })
  const found: Record<string, BodySchema> = {}
  for (const [index, type] of types.entries()) {
    const script = readFileSync(join(scratch.path, paths[index] ?? ''), 'utf8')
    if (!script.includes(`providerVersion: '${provider.split(' ')[1]}'`)) throw new Error(`not of ${provider}: ${type}`)
    found[type] = schemaOfBindings(script)
  }
  return found
}

const hyphenated = (type: string) => type.replaceAll('_', '-')
const schema = {
  source: `${provider}, by its bindings ${bindings.package} ${bindings.version}; documented at https://registry.terraform.io/providers/hashicorp/aws/6.66.0/docs`,
  resource: await schemas(typesOf('resource'), (type) => hyphenated(type.replace(/^aws_/, ''))),
  data: await schemas(typesOf('data'), (type) => `data-${hyphenated(type)}`),
}
mkdirSync(dirname(schemaFile), { recursive: true })
writeFileSync(schemaFile, `${JSON.stringify(schema, undefined, 1)}\n`)
