import { distance } from 'fastest-levenshtein'

interface Nearest {
  readonly name: string
  /** Near enough to be what was meant, but for a slip or two. */
  readonly isLikely: boolean
}

/** The known name that is most like the written one, whatever the case of either; undefined when none is known. */
export function nearestName(written: string, known: readonly string[]): Nearest | undefined {
  const [nearest] = known
    .map((name) => ({ name, edits: distance(written.toLowerCase(), name.toLowerCase()) }))
    .toSorted((one, other) => one.edits - other.edits)
  return nearest && { name: nearest.name, isLikely: nearest.edits <= Math.max(2, nearest.name.length / 3) }
}
