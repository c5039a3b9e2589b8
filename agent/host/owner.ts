import { readFile } from 'node:fs/promises'
import type { Owner } from '../../src/engine/action.ts'

/** uid and gid of names in /etc/passwd and /etc/group, or of numbers; throws where the name is not there (yet). */
export async function idsOf({ user, group }: Owner): Promise<{ uid: number; gid: number }> {
  return { uid: await idOf('/etc/passwd', user), gid: await idOf('/etc/group', group) }
}

/** `user:group` of ids, by number where the number has no name. */
export async function namesOf(uid: number, gid: number): Promise<string> {
  return `${await nameOf('/etc/passwd', uid)}:${await nameOf('/etc/group', gid)}`
}

async function idOf(file: string, name: string): Promise<number> {
  if (/^\d+$/.test(name)) return Number(name)
  const line = (await lines(file)).find(([candidate]) => candidate === name)
  if (line === undefined) throw new Error(`${file} has no ${name}`)
  return Number(line[2])
}

async function nameOf(file: string, id: number): Promise<string> {
  if (id === 0) return 'root' // as nearly all are that are looked at
  const line = (await lines(file)).find(([, , candidate]) => candidate === String(id))
  return line?.[0] ?? String(id)
}

/** Both files have the name first and the number third. The users here are local, so NSS is not asked. */
async function lines(file: string): Promise<readonly (readonly string[])[]> {
  return (await readFile(file, 'utf8')).split('\n').map((line) => line.split(':'))
}
