import type { Write } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { type Export, type ExportWithOptions, printExports, withoutStale } from '../formats/exports.ts'

const directory = '/etc/exports.d'
const ownPath = `${directory}/slurm-node-agent.exports`
/** Where the packages and people, and the old script, put their exports. */
export const mainPath = '/etc/exports'

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

/**
 * What brings the agent's own file into shape. A line of somebody else may be what somebody wants: it stays, and is told
 * of where it opens the volume wider than the configuration does. That of the old script is for the step `old-export`.
 */
export function toWrite(
  wanted: readonly ExportWithOptions[],
  stale: readonly Export[],
  { own }: ExportsFiles,
): readonly Write[] {
  const content = printExports(wanted, stale)
  if (own === content) return []
  return [{ do: 'write', path: ownPath, content, was: own, mode: 0o644, because: whyRewritten(own, wanted) }]
}

function whyRewritten(own: string | undefined, wanted: readonly ExportWithOptions[]): string {
  if (own === undefined) return 'the volume is not exported'
  const asksForTheSame = withoutStale(own) === printExports(wanted, [])
  return asksForTheSame ? 'who has left the configuration has lost the export' : 'it differs from the configuration'
}
