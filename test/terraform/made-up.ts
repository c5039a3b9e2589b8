import { expressionIn } from './expressions.ts'
import { addressOf, type Block, type Body, bodiesOf } from './hcl.ts'

/** What the agents have told by the tag: of `frontend`, of `job-1` and so on, and of a group's instances by their IDs. */
export type Told = Readonly<Record<string, string>>

/** In the place of what one of a group tells that Auto Scaling could not start. */
export const neverStarted = 'never started'

/** Of a group with two instances, one of which has told nothing yet, and a third one that is gone. */
export const toldOfGroup: Told = { 'i-0000000000000000a': 'ready', 'i-0000000000000000c': 'failed EC2_DENIED' }

/** What only AWS knows of a resource or a data source. The zone of a subnet is the second part of its ID, and the end of that says whether it is public. */
export function madeUp(block: Block, told: Told): Body {
  const id = addressOf(block)
  const { instance_type: instanceType, id: given, filter: filters } = block.body
  switch (id) {
    case 'aws_efs_file_system.this':
      return { id: 'fs-0123456789abcdef0', arn: 'arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0' }
    case 'aws_ebs_volume.data':
      return { id: 'vol-0123456789abcdef0', arn: 'arn:aws:ec2:eu-west-1:123456789012:volume/vol-0123456789abcdef0' }
    case 'aws_network_interface.frontend':
      return { id: 'eni-0123456789abcdef0', private_ip: '10.0.0.1' }
    case 'aws_eip.frontend':
      return { public_ip: '192.0.2.1' }
    case 'aws_instance.frontend':
      return { id, tags: tagsOf('"frontend"', told) }
    case 'aws_instance.job':
      return { id, private_ip: '10.0.0.2', tags: tagsOf('"job-${count.index + 1}"', told) }
    case 'aws_ssm_document.fleet':
      return { id, arn: 'arn:aws:ssm:eu-west-1:123456789012:document/fleet' }
    case 'data.aws_ami.ubuntu':
      return { id: 'ami-${each.value}' }
    case 'data.aws_ec2_instance_type.this': {
      const architectures = `\${strcontains(${expressionIn(instanceType)}, "g.") ? ["arm64"] : ["i386", "x86_64"]}`
      return { supported_architectures: architectures }
    }
    case 'data.aws_subnet.this':
    case 'data.aws_subnet.job': {
      const zone = `split("-", ${expressionIn(given)})[1]`
      const network = `10.0.\${index(["a", "b", "c"], ${zone})}.0/24`
      const isPublic = `\${endswith(${expressionIn(given)}, "-public")}`
      return {
        availability_zone: `\${${zone}}`,
        cidr_block: network,
        map_public_ip_on_launch: isPublic,
        vpc_id: 'vpc-0',
      }
    }
    case 'data.aws_ami.job':
      return { root_device_name: '/dev/sda1' }
    case 'aws_launch_template.job':
      return { id: 'lt-0123456789abcdef0', latest_version: 1 }
    case 'data.aws_instances.job_group':
      return {
        ids: ['i-0000000000000000a', 'i-0000000000000000b'].filter((instance) => told[instance] !== neverStarted),
      }
    case 'data.aws_resourcegroupstaggingapi_resources.job_group':
      return {
        resource_tag_mapping_list: ['a', 'b', 'c'].map((end) => taggedInstance(`i-0000000000000000${end}`, told)),
      }
    // Of the examples:
    case 'aws_subnet.private':
      return { id: `subnet-${String(block.body['availability_zone'])}` }
    case 'data.aws_ec2_instance_type_offerings.this':
      return { locations: '${each.value == "m6i.large" ? ["c", "b"] : ["a", "b", "c"]}' }
    case 'data.aws_subnets.default': {
      const zones = bodiesOf(filters).find(({ name }) => name === 'availability-zone')
      const found = `[for zone in ["c", "b", "a"] : "subnet-\${zone}" if contains(${expressionIn(zones?.['values'])}, zone)]`
      return { ids: `\${${found}}` }
    }
    case 'data.aws_availability_zones.this':
      return { names: ['a', 'b', 'c'] }
    case 'data.aws_route_tables.default':
      return { ids: ['rtb-0123456789abcdef0'] }
    // Of the release:
    case 'data.aws_region.this':
      return { region: 'eu-west-1' }
    case 'aws_vpc_endpoint.s3':
      return { id: 'vpce-0123456789abcdef0' }
    case 'aws_s3_bucket.this':
      return { id, arn: 'arn:aws:s3:::release', bucket_regional_domain_name: 'release.s3.eu-west-1.amazonaws.com' }
    default:
      return { id, name: id }
  }
}

function taggedInstance(id: string, { [id]: status }: Told): Body {
  const tags = status === undefined ? {} : { 'slurm-node-agent:status': status }
  return { resource_arn: `arn:aws:ec2:eu-west-1:123456789012:instance/${id}`, tags }
}

/** Of the instance that an expression names. */
function tagsOf(name: string, told: Told): string {
  const all = JSON.stringify(told)
  return `\${{ for name, status in ${all} : "slurm-node-agent:status" => status if name == ${name} }}`
}
