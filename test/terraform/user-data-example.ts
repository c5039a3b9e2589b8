import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { replaced } from '../replaced.ts'

export const roles = ['frontend', 'job'] as const

export type Role = (typeof roles)[number]

/** Where the user_data of a role is committed as terraform renders it. */
export function exampleOf(role: Role): string {
  return fileURLToPath(new URL(`../../terraform/modules/user-data/examples/${role}.sh`, import.meta.url))
}

/** What differs from one user_data to another. */
export interface Particulars {
  readonly agent: Download
  readonly node: Download
  /** As JSON. */
  readonly config: string
}

interface Download {
  readonly url: string
  readonly sha256: string
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Those of the examples, beside their configurations: as their main.tf has them. */
const downloads = {
  agent: { url: 'https://example.com/slurm-node-agent.tar.gz', sha256: sha256('the agent') },
  node: { url: 'https://example.com/node-v24.9.0-linux-x64.tar.xz', sha256: sha256('Node') },
} as const

/** The committed user_data of a role with other particulars. Throws where it has not those that it is known to have. */
export async function userDataWith(role: Role, { agent, node, config }: Particulars): Promise<string> {
  let text = await readFile(exampleOf(role), 'utf8')
  text = replaced(text, downloads.agent.url, agent.url)
  text = replaced(text, downloads.agent.sha256, agent.sha256)
  text = replaced(text, downloads.node.url, node.url)
  text = replaced(text, downloads.node.sha256, node.sha256)
  return replaced(text, configurationIn(text), config)
}

/** The JSON that a user_data brings along. */
export function configurationIn(userData: string): string {
  const found = /<<'CONFIG'\n(.*)\nCONFIG\n$/.exec(userData)?.[1]
  if (found === undefined) throw new Error(`no configuration is at the end of this:\n${userData}`)
  return found
}
