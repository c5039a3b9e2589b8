import { join } from 'node:path'
import { terraformIn } from './terraform.ts'
import type { Role } from './user-data-example.ts'

/** What terraform makes of the examples of user_data now. */
export async function renderedExamples(): Promise<Readonly<Record<Role, string>>> {
  await using terraform = await terraformIn('modules/user-data/examples')
  const state = `-state=${join(terraform.scratch, 'terraform.tfstate')}`
  await terraform.run('init', '-input=false')
  await terraform.run('apply', '-input=false', '-auto-approve', state)
  return {
    frontend: await terraform.run('output', '-raw', state, 'frontend'),
    job: await terraform.run('output', '-raw', state, 'job'),
  }
}
