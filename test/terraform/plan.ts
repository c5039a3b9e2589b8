import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addressOf, type Block, type Body, bodiesOf, bodyOf, readModule } from './hcl.ts'
import { standIn } from './stand-in.ts'
import { terraformFolder, terraformIn } from './terraform.ts'

/** What must be given to the module. The zone of a subnet is the second part of its ID. */
export const least = {
  agent: { url: 'https://example.com/slurm-node-agent.tar.gz', sha256: '1'.repeat(64) },
  node: { x86_64: { url: 'https://example.com/node-x64.tar.xz', sha256: '2'.repeat(64) } },
  subnet_ids: ['subnet-a', 'subnet-b'],
}

/** The arguments of what is planned, by address, such as `aws_instance.job[0]`. */
export type Plan = Readonly<Record<string, Body>>

/** What terraform plans of the root module; what a provider computes is made up. Throws with what terraform says. */
export async function plan(variables: Body = {}): Promise<Plan> {
  await using terraform = await terraformIn()
  const module = standIn(await readModule(terraformFolder), computed)
  await writeFile(join(terraform.scratch, 'main.tf.json'), JSON.stringify(module))
  await writeFile(join(terraform.scratch, 'terraform.tfvars.json'), JSON.stringify({ ...least, ...variables }))
  await terraform.run('init', '-input=false')
  await terraform.run('plan', '-input=false', '-no-color', '-out=plan')
  const { planned_values: values } = bodyOf(JSON.parse(await terraform.run('show', '-json', 'plan')))
  const { root_module: root } = bodyOf(values)
  return Object.fromEntries(bodiesOf(bodyOf(root)['resources']).map(planned))
}

/** What only the provider knows, made up. */
function computed(block: Block): Body {
  const id = addressOf(block)
  const { instance_type: instanceType, id: given } = block.body
  switch (id) {
    case 'aws_efs_file_system.this':
      return { id: 'fs-0123456789abcdef0', arn: 'arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0' }
    case 'aws_ebs_volume.data':
      return { id: 'vol-0123456789abcdef0', arn: 'arn:aws:ec2:eu-west-1:123456789012:volume/vol-0123456789abcdef0' }
    case 'data.aws_ami.ubuntu':
      return { id: 'ami-${each.value}' }
    case 'data.aws_ec2_instance_type.this': {
      const architectures = `\${strcontains(${inner(instanceType)}, "g.") ? ["arm64"] : ["i386", "x86_64"]}`
      return { default_vcpus: 2, memory_size: 4096, supported_architectures: architectures }
    }
    case 'data.aws_subnet.this':
    case 'data.aws_subnet.job': {
      const zone = `split("-", ${inner(given)})[1]`
      return {
        availability_zone: `\${${zone}}`,
        cidr_block: `10.0.\${index(["a", "b", "c"], ${zone})}.0/24`,
        vpc_id: 'vpc-0',
      }
    }
    default:
      return { id, private_ip: '10.0.0.1', public_ip: '' }
  }
}

function inner(expression: unknown): string {
  return String(expression).replace(/^\$\{|\}$/g, '')
}

function planned({ address, values }: Body): readonly [string, Body] {
  const name = String(address)
    .replace(/^terraform_data\./, '')
    .replaceAll('__', '.')
  return [name, bodyOf(bodyOf(values)['input'])]
}
