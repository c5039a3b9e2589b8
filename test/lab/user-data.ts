import { type Role, userDataWith } from '../terraform/user-data-example.ts'
import { exampleConfig } from './example-config.ts'
import type { Lab } from './lab.ts'

/** A configuration of the agent; what else is in it is not looked at. */
export interface AnyConfig {
  readonly role: Role
  readonly [key: string]: unknown
}

/** The user_data that Terraform has rendered for the role, with this lab's mirrors and this configuration in it. */
export async function userDataFor(
  { downloads: { agent, node } }: Lab,
  config: AnyConfig = exampleConfig(),
): Promise<string> {
  if (agent === undefined) throw new Error('the agent is not built: npm run release')
  return await userDataWith(config.role, { agent, node, config: JSON.stringify(config) })
}
