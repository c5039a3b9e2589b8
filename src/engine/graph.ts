interface Node {
  readonly id: string
  readonly after: readonly string[]
}

/**
 * The steps so ordered that each comes after all that it names.
 * Throws on an id that is there twice, a name that is no step, and a circle: each is a mistake in the program.
 */
export function inOrder<T extends Node>(steps: readonly T[]): readonly T[] {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const twice = steps.find((step) => byId.get(step.id) !== step)
  if (twice !== undefined) throw new Error(`two steps have the id ${twice.id}`)
  const ordered = new Set<T>()

  function visit(step: T, path: readonly string[]): void {
    if (ordered.has(step)) return
    const seenAt = path.indexOf(step.id)
    if (seenAt >= 0) throw new Error(`steps wait for each other: ${[...path.slice(seenAt), step.id].join(' -> ')}`)
    for (const id of step.after) {
      const before = byId.get(id)
      if (before === undefined) throw new Error(`step ${step.id} comes after ${id}, which is no step`)
      visit(before, [...path, step.id])
    }
    ordered.add(step)
  }

  for (const step of steps) visit(step, [])
  return [...ordered]
}
