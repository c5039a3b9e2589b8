import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseModule, readModule } from './hcl.ts'
import { moduleProblems } from './module-problems.ts'
import { withModuleTables } from './module-tables.ts'
import { providerSchema } from './provider-schema.ts'
import { publishedFolders, terraformFolder } from './terraform.ts'

const marks = (between: string) =>
  `before\n<!-- made by scripts/terraform-tables.ts -->\n${between}<!-- until here -->\nafter\n`

const modules = publishedFolders.map((folder) => relative(terraformFolder, folder))

test('the modules that others call are these', () => {
  expect(modules).toEqual(['', 'modules/configuration', 'modules/release', 'modules/user-data'])
})

describe.each(modules)('the README of "%s"', (name) => {
  const folder = join(terraformFolder, name)
  const readme = () => readFile(join(folder, 'README.md'), 'utf8')

  test('has the tables that the module makes: node scripts/terraform-tables.ts', async () => {
    expect(await readme()).toBe(await withModuleTables(await readme(), await readModule(folder)))
  })

  test('calls it with what it takes, and all that it needs', async () => {
    const [, usage = ''] = /^```hcl\n([^]*?)^```$/m.exec(await readme()) ?? []
    const called = (source: string) => readModule(source.replace(/^.*\.git\/\/terraform/, terraformFolder))
    expect(await moduleProblems(await parseModule({ 'README.md': usage }), providerSchema, called)).toEqual([])
    expect(usage).toContain(`//${join('terraform', name)}"`)
  })

  test('says of every input and output what it is', async () => {
    const { blocks } = await readModule(folder)
    const silent = blocks.filter(({ kind, body }) => ['variable', 'output'].includes(kind) && !('description' in body))
    expect(silent).toEqual([])
  })
})

test('a table has what must be given first, and a row for each name in an object', async () => {
  const module = await parseModule({
    'variables.tf': `
      variable "disks" {
        description = "Wide | deep"
        type = map(object({
          size = optional(number, 10)
          key  = optional(string)
          at   = object({ zone = string })
        }))
        default = {}
      }
      variable "ids" {
        description = "Which"
        type        = list(string)
      }
      output "arn" {
        description = "Its ARN"
        value       = var.ids
      }`,
  })
  const made = await withModuleTables(marks(''), module)
  expect(made.replaceAll(/ {2,}|-{3,}/g, ' ').split('\n')).toEqual(
    marks(`
| input | type | default | what it is |
|   |   |   |   |
| \`ids\` | list of string | must be given | Which |
| \`disks\` | map of object | \`{}\` | Wide \\| deep |
| \`disks[*].size\` | number | \`10\` | |
| \`disks[*].key\` | string | \`null\` | |
| \`disks[*].at\` | object | must be given | |
| \`disks[*].at.zone\` | string | must be given | |

| output | what it is |
|   |   |
| \`arn\` | Its ARN |

`).split('\n'),
  )
  expect(await withModuleTables(made, module)).toBe(made)
})

test('a text without the marks is refused', async () => {
  const module = await parseModule({})
  await expect(withModuleTables('no marks\n', module)).rejects.toThrow('the marks between which')
})
