import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { exampleConfig } from './example-config.ts'
import type { Lab } from './lab.ts'

const TEMPLATE = fileURLToPath(new URL('../../terraform/modules/user-data/user_data.sh.tftpl', import.meta.url))

/** Puts values into a template as terraform's templatefile does, of whose language only `${name}` may be used. */
export function renderTemplate(template: string, values: Readonly<Record<string, string>>): string {
  if (/%\{/.test(template.replaceAll('%%{', '')))
    throw new Error('the template has a directive, %{…}: the lab knows none')
  return template.replaceAll(/\$?\$\{([^}]*)\}/g, (found, expression: string) => {
    if (found.startsWith('$$')) return found.slice(1)
    const value = values[expression.trim()]
    if (value === undefined) throw new Error(`the user_data template asks for ${found}, which the lab does not know`)
    return value
  })
}

/** The user_data of the project's Terraform module, for this lab's mirrors. */
export async function frontendUserData(lab: Lab, config: unknown = exampleConfig()): Promise<string> {
  const { node, agent } = lab.downloads
  if (!existsSync(TEMPLATE)) throw new Error(`${TEMPLATE} is not there yet`)
  if (agent === undefined) throw new Error('the agent is not built: npm run release')
  return renderTemplate(await readFile(TEMPLATE, 'utf8'), {
    node_url: node.url,
    node_sha256: node.sha256,
    agent_url: agent.url,
    agent_sha256: agent.sha256,
    config_json: JSON.stringify(config, undefined, 2),
  })
}
