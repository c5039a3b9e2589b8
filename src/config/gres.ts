import { someNames } from '../engine/some-names.ts'
import type { FrontendConfig } from './frontend-schema.ts'
import { expandNodeNames } from './node-names.ts'
import type { Problem } from './problem.ts'
import { repeated } from './repeated.ts'

type Nodes = FrontendConfig['slurm']['nodes']
type Gres = NonNullable<Nodes[number]['gres']>[number]

/** As many as Slurm tracks one by one on a node (MAX_GRES_BITMAP). */
const mostFiles = 1_024

/** What each hands out is a part of a GPU: Slurm divides the count among those of the node. */
const parts = ['mps', 'shard']

/** How many of it a node has, as slurm.conf is to say it. */
export function gresCount({ count, file }: Pick<Gres, 'count' | 'file'>): number {
  return count ?? filesOf(file)?.length ?? 1
}

/**
 * What slurmd dies of, or what takes a node out of service. Sources: gres.conf(5), and gres.c of the releases from 21.08
 * to 25.11; slurmd 22.05.8 and 24.11.5 were seen to do so.
 */
export function nodeGres(nodes: Nodes): readonly Problem[] {
  return [
    ...nodes.flatMap(({ gres = [] }, index) => {
      const path = `slurm.nodes[${index}].gres`
      return [...gres.flatMap((one, at) => single(`${path}[${at}]`, one)), ...together(path, gres)]
    }),
    ...filesOnSome(nodes),
  ]
}

function single(path: string, { name, count, file }: Gres): readonly Problem[] {
  if (name === 'gpu' && file === undefined) {
    return [{ path: `${path}.file`, problem: 'must be given: slurmd takes no gpu without its device file' }]
  }
  if (file === undefined) return []
  if (parts.includes(name)) {
    const problem = `must not be given with ${name}, whose count Slurm divides among the GPUs of the node`
    return [{ path: `${path}.file`, problem }]
  }
  const files = filesOf(file)
  if (files === undefined || files.length > mostFiles) {
    const problem = `must have ranges that run upwards, and ${mostFiles} files at most: ${file}`
    return [{ path: `${path}.file`, problem }]
  }
  if (count === undefined || count === files.length) return []
  return [{ path: `${path}.count`, problem: `must be ${files.length}, as many as there are files, or be left out` }]
}

/** Of one node. */
function together(path: string, gres: readonly Gres[]): readonly Problem[] {
  const kinds = gres.map(({ name, type }) => (type === undefined ? name : `${name}:${type}`))
  const files = gres.flatMap(({ name, file }) => (parts.includes(name) ? [] : (filesOf(file) ?? [])))
  const typed = namesOf(gres.filter(({ type }) => type !== undefined))
  const mixed = namesOf(gres.filter(({ type }) => type === undefined)).filter((name) => typed.includes(name))
  const alone = namesOf(gres).includes('gpu') ? [] : namesOf(gres).filter((name) => parts.includes(name))
  return [
    ...repeated(path, kinds),
    ...repeated(path, files),
    ...(mixed.length === 0 ? [] : [{ path, problem: `must have a type for all or for none of: ${someNames(mixed)}` }]),
    ...(alone.length === 0 ? [] : [{ path, problem: `must have a gpu beside: ${someNames(alone)}` }]),
  ]
}

function filesOnSome(nodes: Nodes): readonly Problem[] {
  const gres = nodes.flatMap((node) => node.gres ?? [])
  const withFiles = namesOf(gres.filter(({ file }) => file !== undefined))
  const without = namesOf(gres.filter(({ file }) => file === undefined))
  // A gpu without files, and a part of one with files, are a problem by themselves.
  const mixed = withFiles.filter((name) => without.includes(name) && name !== 'gpu' && !parts.includes(name))
  if (mixed.length === 0) return []
  return [{ path: 'slurm.nodes', problem: `must have files on all nodes or on none for the gres: ${someNames(mixed)}` }]
}

function filesOf(file: string | undefined): readonly string[] | undefined {
  return file === undefined ? undefined : expandNodeNames(file)
}

function namesOf(gres: readonly Gres[]): readonly string[] {
  return [...new Set(gres.map(({ name }) => name))]
}
