import { withOwnLines } from './own-lines.ts'

/** A generic resource of a node. */
export interface Gres {
  readonly name: string
  readonly type?: string | undefined
  readonly count: number
  /** Its device files, such as `/dev/nvidia[0-1]`, one for each; without it, Slurm just counts. */
  readonly file?: string | undefined
}

/** GresTypes of slurm.conf: the names of all that the nodes have. */
export function printGresTypes(nodes: readonly { readonly gres?: readonly Gres[] }[]): string {
  return [...new Set(nodes.flatMap(({ gres = [] }) => gres.map(({ name }) => name)))].join(',')
}

/** Gres of a node's line of slurm.conf, as `gpu:t4:2,tape:1`. */
export function printGres(gres: readonly Gres[]): string {
  return gres.map(({ name, type, count }) => [name, ...(type === undefined ? [] : [type]), count].join(':')).join(',')
}

/** What gres.conf is about, of one node or of several that are alike, by a list of names. */
export interface GresFiles {
  readonly name: string
  readonly gres?: readonly Omit<Gres, 'count'>[] | undefined
}

/**
 * gres.conf, valid for all releases, with the operator's own lines at its end: where the device files are. The count is
 * theirs, and what has none is in slurm.conf alone. Source: gres.conf(5).
 */
export function printGresConf(nodes: readonly GresFiles[], own: string): string {
  const lines = nodes.flatMap(({ name: names, gres = [] }) =>
    gres.flatMap(({ name, type, file }) => {
      const typed = type === undefined ? '' : ` Type=${type}`
      return file === undefined ? [] : [`NodeName=${names} Name=${name}${typed} File=${file}`]
    }),
  )
  return withOwnLines(lines, own)
}
