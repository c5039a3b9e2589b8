import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface AptSource {
  readonly uri: string
  readonly suite: string
  readonly components: readonly string[]
  readonly signedBy: string | undefined
}

function parseStanzas(text: string): AptSource[] {
  const sources: AptSource[] = []
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>()
    for (const line of stanza.split('\n')) {
      const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line)
      if (match?.[1] !== undefined) fields.set(match[1].toLowerCase(), match[2] ?? '')
    }
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '')
    if (!words('types').includes('deb') || fields.get('enabled') === 'no') continue
    for (const uri of words('uris')) {
      for (const suite of words('suites')) {
        sources.push({ uri, suite, components: words('components'), signedBy: words('signed-by')[0] })
      }
    }
  }
  return sources
}

function parseLines(text: string): AptSource[] {
  const sources: AptSource[] = []
  for (const line of text.split('\n')) {
    const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*?)\s*(?:#.*)?$/.exec(line)
    const [, options = '', uri, suite, components = ''] = match ?? []
    if (uri === undefined || suite === undefined) continue
    const signedBy = /signed-by=(\S+)/i.exec(options)?.[1]
    sources.push({ uri, suite, components: components.split(/\s+/), signedBy })
  }
  return sources
}

async function machineSources(): Promise<AptSource[]> {
  const folder = '/etc/apt/sources.list.d'
  const files = ['/etc/apt/sources.list', ...(await readdir(folder)).map((name) => join(folder, name))]
  const all: AptSource[] = []
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    if (file.endsWith('.list')) all.push(...parseLines(text))
    if (file.endsWith('.sources')) all.push(...parseStanzas(text))
  }
  return all
}

/**
 * Where the guest's packages come from: the mirrors that this machine itself uses for its Debian release, with the
 * guest's release in place of the machine's. So the lab works wherever apt works, behind a mirror of one's own too.
 */
export async function debianSources(guestSuite: string): Promise<AptSource[]> {
  const release = await readFile('/etc/os-release', 'utf8')
  const own = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1]
  if (own === undefined || !/^ID=debian$/m.test(release)) throw new Error('the lab runs on a Debian machine only')
  const wanted = new Set([own, `${own}-updates`, `${own}-security`])
  const found = (await machineSources())
    .filter(({ suite, components }) => wanted.has(suite) && components.includes('main'))
    .map((source) => ({ ...source, suite: source.suite.replace(own, guestSuite), components: ['main'] }))
  if (!found.some(({ suite }) => suite === guestSuite)) {
    throw new Error(`the machine's apt sources name no Debian mirror for ${own}: add one to /etc/apt/sources.list.d`)
  }
  return found
}

export function oneLine({ uri, suite, components, signedBy }: AptSource): string {
  return `deb ${signedBy === undefined ? '' : `[signed-by=${signedBy}] `}${uri} ${suite} ${components.join(' ')}`
}
