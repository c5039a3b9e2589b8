import { anyClient } from '../config/export-client.ts'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Warning } from '../engine/decision.ts'
import { type Export, type ExportWithOptions, parseExports, printExport } from '../formats/exports.ts'
import { isWanted, mayBe, type Table } from './nfs-table.ts'

/** What others export of the volume beside us, where it opens the volume wider than the configuration does. */
export function widerExports({ nfs, dataVolume }: FrontendConfig, table: Table): readonly Warning[] {
  return table.exported
    .filter((entry) => covers(entry, dataVolume.mountPoint) && !isWanted(entry, table))
    .flatMap((entry) => {
      const reasons = [
        ...(isEverybody(entry.client) && !nfs.allowAnyClient ? ['everybody may mount it'] : []),
        ...(isRootForRoot(entry.options) && nfs.rootSquash ? ['root is root there'] : []),
      ]
      if (reasons.length === 0) return []
      const text = `${byWhom(entry, table)} exports ${printExport(entry)}: ${reasons.join(', and ')}`
      return [{ code: 'NFS_EXPORTED_BY_OTHERS', text }]
    })
}

/** The files of others that ask for it. */
export function askers(entry: Export, { others }: Pick<Table, 'others'>): readonly string[] {
  return others
    .filter(({ content }) => parseExports(content).some((asked) => mayBe(asked, entry)))
    .map(({ path }) => path)
}

export function byWhom(entry: Export, table: Table): string {
  return askers(entry, table).join(', ') || 'a command (exportfs -o)'
}

/** True for the volume, what is in it, and what takes along all that is mounted below it. */
function covers({ path, options }: ExportWithOptions, mountPoint: string): boolean {
  if (`${path}/`.startsWith(`${mountPoint}/`)) return true
  return options.includes('crossmnt') && `${mountPoint}/`.startsWith(path === '/' ? '/' : `${path}/`)
}

function isEverybody(client: string): boolean {
  return client === anyClient || /\/0(?:\.0\.0\.0)?$/.test(client)
}

/** To squash root to user 0 is to leave it what it is. */
function isRootForRoot(options: readonly string[]): boolean {
  return options.includes('no_root_squash') || options.includes('anonuid=0')
}
