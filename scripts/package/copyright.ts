import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import manifest from '../../package.json' with { type: 'json' }

const project = fileURLToPath(new URL('../..', import.meta.url))

interface Library {
  readonly name: string
  readonly licence: string
}

/** The licence of the agent, and those of the libraries that its bundle is made of, as each of them has it. */
export async function copyright(): Promise<string> {
  const libraries = await Promise.all((await libraryFolders()).map(libraryIn))
  const byLicence = Map.groupBy(libraries, ({ licence }) => licence)
  const notices = [...byLicence].map(
    ([licence, those]) => `${those.map(({ name }) => name).join(', ')}:\n\n${licence}\n`,
  )
  return `${manifest.name} is under the Apache License, Version 2.0, which on Debian systems is in
/usr/share/common-licenses/Apache-2.0. It has these libraries in its bundle, each under its own licence.

${notices.join('\n')}`
}

/** All that npm has installed for the program, in a constant order. */
async function libraryFolders(): Promise<readonly string[]> {
  const { stdout } = await execa('npm', ['ls', '--offline', '--omit=dev', '--all', '--parseable'], { cwd: project })
  const [, ...folders] = stdout.split('\n')
  return folders.toSorted()
}

async function libraryIn(folder: string): Promise<Library> {
  const { name, version, license }: Record<string, unknown> = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(entry))
  const text = file === undefined ? String(license) : await readFile(join(folder, file), 'utf8')
  return { name: `${String(name)} ${String(version)}`, licence: withoutApache(text.trim()) }
}

/** Debian's own text stands for it (Policy 12.5); who holds the copyright is said all the same. */
function withoutApache(licence: string): string {
  if (!/^\s*Apache License\s+Version 2\.0/.test(licence)) return licence
  const holders = licence.match(/^ *Copyright (?!\[).*\d{4}.*$/gm) ?? []
  return ['The Apache License, Version 2.0', ...holders.map((line) => line.trim())].join('\n')
}
