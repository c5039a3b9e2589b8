import { someNames } from '../engine/some-names.ts'
import type { Problem } from './problem.ts'

/** The problem of a list that has a name twice. */
export function repeated(path: string, names: readonly string[]): readonly Problem[] {
  const once = new Set<string>()
  const twice = new Set<string>()
  for (const name of names) (once.has(name) ? twice : once).add(name)
  return twice.size === 0 ? [] : [{ path, problem: `must not name twice: ${someNames([...twice])}` }]
}
