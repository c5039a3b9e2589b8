import type { Write } from '../engine/action.ts'
import type { Warning } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import { telling } from '../engine/told.ts'
import { type ExportWithOptions, printExport, printExports } from '../formats/exports.ts'
import { withoutOld } from './old-script.ts'

const directory = '/etc/exports.d'
const ownPath = `${directory}/slurm-node-agent.exports`
const mainPath = '/etc/exports'

export interface ExportsFile {
  readonly path: string
  readonly content: string
}

export interface ExportsFiles {
  /** The agent's own. */
  readonly own: string | undefined
  readonly others: readonly ExportsFile[]
}

/** All that exportfs reads. */
export async function exportsFiles(host: Host): Promise<ExportsFiles> {
  const names = (await host.list(directory)).filter((name) => /^[^.].*\.exports$/.test(name))
  const paths = [mainPath, ...names.map((name) => `${directory}/${name}`)].filter((path) => path !== ownPath)
  const [own, ...contents] = await Promise.all([ownPath, ...paths].map((path) => host.read(path)))
  return { own, others: paths.map((path, index) => ({ path, content: contents[index] ?? '' })) }
}

/** What the script that the agent replaces appends to /etc/exports: the volume, for everybody, root included. */
const oldExport = { path: '/mnt/shared', client: '*', options: ['rw', 'sync', 'no_subtree_check', 'no_root_squash'] }
const oldLine = printExport(oldExport)

/**
 * What brings the files into shape. Of what others wrote, the old script's line alone is taken out, where it stands
 * exactly as the script writes it: as long as it is there, the volume is open to everybody, whatever the configuration
 * says. No data is touched, and who needs it can have it by nfs.allowAnyClient. Any other line may be what somebody
 * wants: it stays, and is told of where it opens the volume wider than the configuration does.
 */
export function toWrite(wanted: readonly ExportWithOptions[], { own, others }: ExportsFiles): readonly Write[] {
  const content = printExports(wanted)
  const because = own === undefined ? 'the volume is not exported' : 'it differs from the configuration'
  const main = others.find(({ path }) => path === mainPath)
  const cleared = withoutOld(main?.content, (line) => line === oldLine)
  return [
    ...(own === content ? [] : [write(ownPath, content, own, because)]),
    ...(cleared === (main?.content ?? '')
      ? []
      : [telling(write(mainPath, cleared, main?.content, ofTheOldScript), [removed])]),
  ]
}

const ofTheOldScript = 'the line of the old script opens the volume to everybody'

/** No later run sees it. */
const removed: Warning = {
  code: 'NFS_OLD_EXPORT_REMOVED',
  text: `this line of the old script was removed from ${mainPath}: ${oldLine}`,
}

/** True for what exportfs shows of the old script's line. */
export function isOldExport({ path, client, options }: ExportWithOptions): boolean {
  if (path !== oldExport.path || client !== oldExport.client || options.includes('mountpoint')) return false
  return oldExport.options.every((option) => options.includes(option))
}

function write(path: string, content: string, was: string | undefined, because: string): Write {
  const kept = path === mainPath && ({ keepsPermissions: true } as const)
  return { do: 'write', path, content, was, mode: 0o644, ...kept, because }
}
