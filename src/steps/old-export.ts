import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Write } from '../engine/action.ts'
import { toConverge } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { telling } from '../engine/told.ts'
import { parseExportfs } from '../formats/exportfs.ts'
import { type ExportWithOptions, printExport } from '../formats/exports.ts'
import { unexport } from './nfs-exportfs.ts'
import { type ExportsFile, exportsFiles, mainPath } from './nfs-exports-files.ts'
import { askers } from './nfs-other-exports.ts'
import { withoutOld } from './old-script.ts'

/** What the script that the agent replaces appends to /etc/exports: the volume, for everybody, root included. */
const old = { path: '/mnt/shared', client: '*', options: ['rw', 'sync', 'no_subtree_check', 'no_root_squash'] }
const oldLine = printExport(old)

/** What is exported, as exportfs keeps it: `exportfs -v` tells the same, for a child in each run. */
const tablePath = '/var/lib/nfs/etab'

interface Seen {
  /** All exports files but the agent's own. */
  readonly others: readonly ExportsFile[]
  readonly exported: readonly ExportWithOptions[]
}

/**
 * As long as the old script's line is there, the volume is open to everybody, whatever the configuration says; and where
 * the volume is not mounted, the root disk is. So nothing waits for the volume here. It is taken out where it stands
 * exactly as the script writes it, for the volume alone: no data is touched, and who needs it can have it by
 * nfs.allowAnyClient. It comes after the packages, which take minutes: what runs on the nodes is to be without the volume
 * for a moment only, until `nfs-export` has done its part.
 */
export const oldExport: Step<Pick<FrontendConfig, 'dataVolume'>, Seen> = {
  id: 'old-export',
  title: 'Old export',
  after: [],
  packages: () => ['nfs-kernel-server'],
  deadlineMs: () => 60_000,

  async observe(_config, host) {
    const [{ others }, table] = await Promise.all([exportsFiles(host), host.read(tablePath)])
    return { others, exported: parseExportfs(table ?? '') }
  },

  decide({ dataVolume: { mountPoint } }, { others, exported }) {
    const because = `the old script's line does not export ${mountPoint}`
    if (mountPoint !== old.path) return { is: 'converged', because }
    const cleared = others.map((file) => (file.path === mainPath ? withoutOldLine(file) : file))
    const [was, content] = [contentOf(others), contentOf(cleared)]
    // What another file asks for in the same way is theirs.
    const stale = exported.filter((entry) => isOldExport(entry) && askers(entry, { others: cleared }).length === 0)
    return toConverge(
      because,
      content !== undefined && content !== was && toTakeOut(content, was),
      ...stale.map(unexport),
    )
  },
}

/** No later run sees that it was there. */
function toTakeOut(content: string, was: string | undefined): Write {
  const because = 'the line of the old script opens the volume to everybody'
  const text = `this line of the old script was removed from ${mainPath}: ${oldLine}`
  const write = { do: 'write', path: mainPath, content, was, mode: 0o644, keepsPermissions: true, because } as const
  return telling(write, [{ code: 'NFS_OLD_EXPORT_REMOVED', text }])
}

function withoutOldLine({ path, content }: ExportsFile): ExportsFile {
  return { path, content: withoutOld(content, (line) => line === oldLine) }
}

function contentOf(files: readonly ExportsFile[]): string | undefined {
  return files.find(({ path }) => path === mainPath)?.content
}

/** True for what the table has of the old script's line. */
function isOldExport({ path, client, options }: ExportWithOptions): boolean {
  if (path !== old.path || client !== old.client || options.includes('mountpoint')) return false
  return old.options.every((option) => options.includes(option))
}
