import * as z from 'zod/mini'
import type { Argv } from '../engine/action.ts'
import type { Executed } from '../engine/host.ts'

/** An entry as libmount reads it: mount(8), and systemd's generator, take it for this. Options may be left out. */
export interface ReadEntry {
  readonly source: string | null
  readonly target: string | null
  readonly type: string | null
  readonly options: string | null
}

export function findmntArgv(tabFile: string): Argv {
  return ['findmnt', '--tab-file', tabFile, '--json', '--list', '--output', 'SOURCE,TARGET,FSTYPE,OPTIONS']
}

/** 1: there is no entry. */
export const findmntExitCodes = [0, 1] as const

const field = z.nullable(z.string())
const output = z.object({
  filesystems: z.array(z.object({ source: field, target: field, fstype: field, options: field })),
})

/** The entries of an fstab; lines that libmount cannot read are left out. Throws on anything else than findmnt's JSON. */
export function parseFindmnt({ exitCode, stdout }: Pick<Executed, 'exitCode' | 'stdout'>): readonly ReadEntry[] {
  if (exitCode === 1) return []
  return output
    .parse(JSON.parse(stdout))
    .filesystems.map(({ source, target, fstype: type, options }) => ({ source, target, type, options }))
}
