import type { Config } from '../../src/config/schema.ts'
import { membersOf, stepsOf } from '../../src/steps/roles.ts'

export interface RoleStep {
  readonly id: string
  readonly title: string
  readonly after: readonly string[]
  readonly packages: readonly string[]
  readonly deadlineMs: number
}

/** The steps that a configuration comes to, in the order of the display. */
export function roleSteps(config: Config): readonly RoleStep[] {
  const packages = new Map(membersOf(config).map(({ step, packages: needed }) => [step.id, needed]))
  return stepsOf(config).map((step) => ({
    id: step.id,
    title: step.title,
    after: step.after,
    packages: packages.get(step.id) ?? [],
    deadlineMs: step.deadlineMs,
  }))
}
