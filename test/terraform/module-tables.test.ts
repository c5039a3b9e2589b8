import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseModule, readModule } from './hcl.ts'
import { withModuleTables } from './module-tables.ts'
import { terraformFolder } from './terraform.ts'

const marks = (between: string) =>
  `before\n<!-- made by scripts/terraform-tables.ts -->\n${between}<!-- until here -->\nafter\n`

test("the tables in the module's README are what the module says: node scripts/terraform-tables.ts", async () => {
  const text = await readFile(`${terraformFolder}/README.md`, 'utf8')
  expect(text).toBe(await withModuleTables(text, await readModule(terraformFolder)))
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

test('every input and output says what it is', async () => {
  const { blocks } = await readModule(terraformFolder)
  const silent = blocks.filter(({ kind, body }) => ['variable', 'output'].includes(kind) && !('description' in body))
  expect(silent).toEqual([])
})
