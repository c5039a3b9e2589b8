/** As many as Slurm takes in one list of names. */
const mostNodes = 65_536

/**
 * The nodes that a list such as `job-[1-4,7],gpu` names; digits keep their width (`[01-10]`). Undefined where slurmctld
 * would die of it: a range that runs backwards, or too many names, or a number that is too large.
 */
export function expandNodeNames(list: string): readonly string[] | undefined {
  const names: string[] = []
  for (const [, prefix = '', ranges] of list.matchAll(/([^[,]+)(?:\[([^\]]*)\])?/g)) {
    for (const range of ranges?.split(',') ?? ['']) {
      const [first = '', last = first] = range.split('-')
      if (
        !Number.isSafeInteger(Number(last)) ||
        Number(last) < Number(first) ||
        names.length + Number(last) - Number(first) >= mostNodes
      )
        return undefined
      for (let at = Number(first); at <= Number(last); at += 1) {
        names.push(range === '' ? prefix : `${prefix}${String(at).padStart(first.length, '0')}`)
      }
    }
  }
  return names
}

/** Whether the list is more than one plain name, though it may come to one alone. */
export function isRange(list: string): boolean {
  return list.includes('[')
}
