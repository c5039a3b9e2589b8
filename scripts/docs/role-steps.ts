import type { Config } from '../../src/config/schema.ts'
import { roles, stepsOf } from '../../src/steps/roles.ts'

export interface RoleStep {
  readonly id: string
  readonly title: string
  readonly after: readonly string[]
  readonly packages: readonly string[]
  readonly deadlineMs: number
}

/** The steps that a configuration comes to, in the order of the display. */
export function roleSteps(config: Config): readonly RoleStep[] {
  const packages = new Map(roles[config.role].map((member) => [member.step(config).id, member.packages(config)]))
  return stepsOf(config).map((step) => ({
    id: step.id,
    title: step.title,
    after: step.after,
    packages: packages.get(step.id) ?? [],
    deadlineMs: step.deadlineMs(config),
  }))
}
