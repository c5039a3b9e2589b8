import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressOf, bodiesOf, readModule } from './hcl.ts'
import { terraformFolder } from './terraform.ts'

/** What a block says of its lifecycle; the stand-ins of a plan have none. */
async function lifecycleOf(address: string, folder = ''): Promise<object> {
  const { blocks } = await readModule(join(terraformFolder, folder))
  const block = blocks.find((candidate) => addressOf(candidate) === address)
  return Object.assign({}, ...bodiesOf(block?.body['lifecycle']))
}

test.each(['aws_ebs_volume.data', 'aws_efs_file_system.this'])('%s is never destroyed', async (address) => {
  expect(await lifecycleOf(address)).toMatchObject({ prevent_destroy: true })
})

test.each([
  ['aws_instance.frontend', ['ami', 'tags["slurm-node-agent:status"]', 'tags_all["slurm-node-agent:status"]']],
  ['aws_instance.job', ['ami', 'tags["slurm-node-agent:status"]', 'tags_all["slurm-node-agent:status"]']],
  ['aws_autoscaling_group.job', ['name_prefix', 'desired_capacity']],
  ['aws_launch_template.job', ['name_prefix']],
  ['aws_iam_role.this', ['name_prefix']],
  ['aws_iam_instance_profile.this', ['name_prefix']],
  ['aws_security_group.frontend', ['name', 'description']],
  ['aws_security_group.job', ['name', 'description']],
  ['aws_security_group.efs', ['name', 'description']],
  ['aws_ebs_volume.data', ['snapshot_id']],
])('%s is neither replaced nor changed for another %j', async (address, names) => {
  expect(await lifecycleOf(address)).toMatchObject({ ignore_changes: names.map((name) => `\${${name}}`) })
})

test('a release is there until what names it names the next one', async () => {
  expect(await lifecycleOf('aws_s3_object.this', 'modules/release')).toEqual({ create_before_destroy: true })
})
