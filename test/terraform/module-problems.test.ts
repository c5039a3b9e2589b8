import { relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseModule, readModule } from './hcl.ts'
import { folderProblems, moduleProblems } from './module-problems.ts'
import { schemaOfBindings } from './provider-bindings.ts'
import { providerSchema as schema } from './provider-schema.ts'
import { moduleFolders, terraformFolder } from './terraform.ts'

test.each(moduleFolders.map((folder) => relative(terraformFolder, folder)))(
  'nothing is wrong in "%s"',
  async (folder) => {
    expect(await folderProblems(`${terraformFolder}/${folder}`, schema)).toEqual([])
  },
)

test('the schema has the types that are used, and no others', async () => {
  const modules = await Promise.all(moduleFolders.map(readModule))
  const used = (kind: 'data' | 'resource') =>
    modules.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === kind ? block.labels.slice(0, 1) : [])))
  expect(new Set(Object.keys(schema.resource))).toEqual(new Set(used('resource')))
  expect(new Set(Object.keys(schema.data))).toEqual(new Set(used('data')))
})

/** What is wrong with a module that calls another one, which takes `size`, and `color` if need be, and gives `id`. */
async function problems(text: string): Promise<readonly string[]> {
  const called = parseModule({
    'main.tf': 'variable "size" { type = number }\nvariable "color" { default = "red" }\noutput "id" { value = 1 }',
  })
  return await moduleProblems(await parseModule({ 'main.tf': text }), schema, () => called)
}

const subnet = 'data "aws_subnet" "this" {\n  id = "subnet-1"\n}\n'
const volume = 'resource "aws_ebs_volume" "data" {\n  availability_zone = "x"\n}\n'
const volumes = 'resource "aws_ebs_volume" "data" {\n  count = 2\n  availability_zone = "x"\n}\n'
const output = (value: string) => `output "x" {\n  value = ${value}\n}\n`

describe('a resource or a data source', () => {
  test.each([
    [
      'resource "aws_instanze" "x" {}',
      'aws_instanze.x: no resource type is named aws_instanze; did you mean aws_instance?',
    ],
    ['data "aws_ami_id" "x" {}', 'data.aws_ami_id.x: no data type is named aws_ami_id'],
    ['resource "aws_ebs_volume" "x" {}', 'aws_ebs_volume.x: availability_zone is missing'],
    [
      'resource "aws_instance" "x" {\n  amy = "y"\n}',
      'aws_instance.x: no argument or block is named amy; did you mean ami?',
    ],
    ['resource "aws_instance" "x" {\n  root_disk {}\n}', 'aws_instance.x: no argument or block is named root_disk'],
    ['resource "aws_instance" "x" {\n  arn = "y"\n}', 'aws_instance.x: arn is only read'],
    [
      'resource "aws_instance" "x" {\n  metadata_options {\n    http_token = "required"\n  }\n}',
      'aws_instance.x: metadata_options: no argument or block is named http_token; did you mean http_tokens?',
    ],
    [
      'resource "aws_instance" "x" {\n  metadata_options = { http_tokens = "required" }\n}',
      'aws_instance.x: metadata_options: is a block, and no argument',
    ],
    ['data "aws_ami" "x" {\n  filter {\n    name = "name"\n  }\n}', 'data.aws_ami.x: filter: values is missing'],
    [
      'data "aws_ami" "x" {\n  dynamic "filter" {\n    for_each = [1]\n    content {\n      name = "name"\n    }\n  }\n}',
      'data.aws_ami.x: filter: values is missing',
    ],
    [
      'data "aws_ami" "x" {\n  dynamic "filters" {\n    for_each = [1]\n    content {}\n  }\n}',
      'data.aws_ami.x: no argument or block is named filters; did you mean filter?',
    ],
    [
      'resource "aws_instance" "x" {\n  lifecycle {\n    ignore_changes = [amy]\n  }\n}',
      'aws_instance.x: ignore_changes: no argument is named amy; did you mean ami?',
    ],
    [
      'resource "aws_instance" "x" {\n  lifecycle {\n    prevent_destruction = true\n  }\n}',
      'aws_instance.x: lifecycle: no argument or block is named prevent_destruction; did you mean prevent_destroy?',
    ],
  ])('in %j', async (text, problem) => {
    expect(await problems(text)).toContain(`main.tf: ${problem}`)
  })
})

describe('a reference', () => {
  test.each([
    ['var.nothing', 'no variable is named nothing'],
    ['"a ${upper("b ${var.nothing}")}"', 'no variable is named nothing'],
    ['{ (var.nothing) = 1 }', 'no variable is named nothing'],
    ['[for x in [1] : x + var.nothing]', 'no variable is named nothing'],
    ['local.nothing', 'no local is named nothing'],
    ['module.nothing.id', 'no module is called nothing'],
    ['aws_instance.nothing.id', 'no aws_instance.nothing is declared'],
    ['data.aws_subnet.nothing.id', 'no data.aws_subnet.nothing is declared'],
    ['nothing', 'nothing is known by the name nothing'],
    ['each.key', 'each is known only where there is a for_each'],
    ['count.index', 'count is known only where there is a count'],
    ['path.modul', 'path has no modul; did you mean module?'],
    ['self.id', 'self is known only in a resource or a data source'],
  ])('%s leads to nothing', async (value, problem) => {
    expect(await problems(output(value))).toEqual([`main.tf: output.x: ${problem}`])
  })

  test.each([
    [`${volume}${output('aws_ebs_volume.data.volume_id')}`, 'aws_ebs_volume.data has no attribute volume_id'],
    [`${volume}${output('aws_ebs_volume.data[0].id')}`, 'aws_ebs_volume.data is one: it has no elements'],
    [`${volumes}${output('aws_ebs_volume.data.id')}`, 'aws_ebs_volume.data are many: which one?'],
    [`${volumes}${output('aws_ebs_volume.data[0].ident')}`, 'aws_ebs_volume.data has no attribute ident'],
    [`${volumes}${output('aws_ebs_volume.data[*].ident')}`, 'aws_ebs_volume.data has no attribute ident'],
    [`${volumes}${output('[for v in aws_ebs_volume.data : v.ident]')}`, 'aws_ebs_volume.data has no attribute ident'],
    [`${subnet}${output('data.aws_subnet.this.zone')}`, 'data.aws_subnet.this has no attribute zone'],
    [
      `${subnet}locals {\n  subnet = data.aws_subnet.this\n}\n${output('local.subnet.zone')}`,
      'data.aws_subnet.this has no attribute zone',
    ],
    [
      `variable "disk" {\n  type = object({ size = optional(number) })\n}\n${output('var.disk.sise')}`,
      'var.disk has no sise; did you mean size?',
    ],
    [
      `variable "disks" {\n  type = list(object({ size = number }))\n}\n${output('[for d in var.disks : d.sise]')}`,
      'var.disks has no sise; did you mean size?',
    ],
    [`variable "size" {\n  type = number\n}\n${output('var.size.gib')}`, 'var.size has nothing in it'],
    [`module "it" {\n  source = "./it"\n  size = 1\n}\n${output('module.it.ident')}`, 'module.it has no output ident'],
    [
      `module "it" {\n  source = "./it"\n  count = 2\n  size = 1\n}\n${output('module.it.id')}`,
      'module.it are many: which one?',
    ],
  ])('in %j leads to nothing', async (text, problem) => {
    expect(await problems(text)).toContain(`main.tf: output.x: ${problem}`)
  })

  test('to what is there is none of the problems', async () => {
    const text = `
      variable "disks" {
        type = map(object({ size = number, zone = optional(string, "a") }))
      }
      ${subnet}
      resource "aws_ebs_volume" "data" {
        for_each          = var.disks
        availability_zone = data.aws_subnet.this.availability_zone
        size              = each.value.size
        lifecycle {
          ignore_changes = [snapshot_id]
          postcondition {
            condition     = self.size > 1
            error_message = "\${path.module}: $\${x} \${join("}", [for key, disk in var.disks : "\${key} \${disk.zone}"])}"
          }
        }
      }
      module "it" {
        source = "./it"
        size   = length(aws_ebs_volume.data)
      }
      ${output('[module.it.id, aws_ebs_volume.data["x"].id, { for k, v in aws_ebs_volume.data : k => v.arn }]')}`
    expect(await problems(text)).toEqual([])
  })
})

test('a call of a module gives it what it takes, and all that it needs', async () => {
  expect(await problems('module "it" {\n  source = "./it"\n  colour = "green"\n}')).toEqual([
    'main.tf: module.it: the module has no variable colour; did you mean color?',
    'main.tf: module.it: size is missing',
  ])
})

test('what is declared is used, and declared once', async () => {
  expect(await problems('variable "x" {}\nlocals {\n  y = 1\n}')).toEqual(['var.x is not used', 'local.y is not used'])
  expect(await problems(`${subnet}${subnet}`)).toEqual(['data.aws_subnet.this is declared twice'])
})

test("the provider's schema is read from the bindings that are made of it", () => {
  const script = `
class ThingDiskOutputReference extends cdktn.ComplexObject {
    // size - computed: false, optional: false, required: true
    _size;
}
class Thing extends cdktn.TerraformResource {
    static tfResourceType = "aws_thing";
    // arn - computed: true, optional: false, required: false
    get arn() {
    }
    // name - computed: true, optional: true, required: false
    _name;
    // disk - computed: false, optional: true, required: false
    _disk = new ThingDiskList(this, "disk", false);
    // found - computed: true, optional: false, required: false
    _found = new ThingDiskList(this, "found", false);
}
`
  expect(schemaOfBindings(script)).toEqual({
    required: [],
    optional: ['name', 'disk'],
    computed: ['arn', 'found'],
    blocks: { disk: { required: ['size'], optional: [], computed: [], blocks: {} } },
  })
})
