import type { Action, ActionOutcome, Exec } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import { exportfsArgument } from '../formats/exportfs.ts'
import { type Export, type ExportWithOptions, everAskedFor, printExport } from '../formats/exports.ts'
import { isHost } from './nfs-clients.ts'
import { askers, byWhom } from './nfs-other-exports.ts'
import { firstUnlike, isSame, isWanted, looksLikeOurs, mayBe, type Table } from './nfs-table.ts'
import { refusal } from './refusal.ts'

/** What brings the table into shape: first what is wanted, so that no client is without in between. */
export function toExport(table: Table, past: readonly ActionOutcome[]): readonly Exec[] {
  const unlike = firstUnlike(table)
  const isInVain = objectionToTable(table, past) !== undefined
  return [...(unlike === undefined || isInVain ? [] : [exportAll(unlike)]), ...staleExports(table).map(unexport)]
}

/** What is left to say where exportfs has done its work, and the table is not as wanted. */
export function objectionToTable(table: Table, past: readonly ActionOutcome[]): Decision | undefined {
  const unlike = firstUnlike(table)
  const last = past.findLast(({ action }) => isExportAll(action))
  if (unlike === undefined || last === undefined) return undefined
  const instead = table.exported.find((entry) => isSame(entry, unlike))
  if (instead !== undefined) {
    return refusal(
      'NFS_EXPORT_TAKEN',
      `${byWhom(instead, table)} exports ${printExport(instead)}, and exportfs takes the first of two entries`,
      `remove that entry; wanted is ${printExport(unlike)}`,
    )
  }
  if (last.is !== 'done') return undefined
  return { is: 'wait', code: 'NFS_NOT_EXPORTED', for: `exportfs -v to show ${printExport(unlike)}` }
}

/**
 * Not -r, which would take out what somebody, such as a cluster manager, has exported by hand. It ends with 1 for a
 * faulty line of somebody else too, after it has done the rest.
 */
function exportAll({ path, client }: Export): Exec {
  const because = `${path} is not exported to ${client} as it should be`
  return { do: 'exec', argv: ['exportfs', '-a'], mayFail: true, because }
}

function isExportAll(action: Action): boolean {
  return action.do === 'exec' && action.argv.join(' ') === 'exportfs -a'
}

export function unexport(entry: Export): Exec {
  const because = `${entry.path} is still exported to ${entry.client}`
  return { do: 'exec', argv: ['exportfs', '-u', exportfsArgument(entry)], because }
}

/**
 * Of an earlier configuration: a network that has left it, or another mount point. By the agent's own file, for somebody
 * may have exported to a network by hand in the very same way; to a host alone where the file names none, for in the table
 * it goes by another name. What another file asks for so is theirs. No host loses its export because the resolver does not
 * answer: the line of the one that is not known keeps them in mind.
 */
export function staleExports(table: Table): readonly ExportWithOptions[] {
  const past = everAskedFor(table.own ?? '')
  return table.exported
    .filter((entry) => looksLikeOurs(entry) && !isWanted(entry, table))
    .filter((entry) => past.some((asked) => mayBe(asked, entry)) && askers(entry, table).length === 0)
    .filter(({ path, client }) => !(table.isHostUnknown && isHost(client) && path === table.mountPoint))
}
