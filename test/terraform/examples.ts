import { join } from 'node:path'
import { terraformFolder, terraformIn } from './terraform.ts'

export const roles = ['frontend', 'job'] as const

export type Role = (typeof roles)[number]

/** Where the user_data of a role is committed as terraform renders it. */
export const exampleOf = (role: Role) => join(terraformFolder, 'modules/user-data/examples', `${role}.sh`)

/** What terraform makes of the examples now. */
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
