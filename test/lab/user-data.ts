import { type Role, userDataWith } from '../terraform/user-data-example.ts'
import { exampleConfig } from './example-config.ts'
import type { Lab } from './lab.ts'

/** The user_data that Terraform has rendered for the role, with this lab's mirrors and this configuration in it. */
export async function frontendUserData(
  { downloads: { agent, node } }: Lab,
  config: { readonly role: Role; readonly [key: string]: unknown } = exampleConfig(),
): Promise<string> {
  if (agent === undefined) throw new Error('the agent is not built: npm run release')
  return await userDataWith(config.role, { agent, node, config: JSON.stringify(config) })
}
