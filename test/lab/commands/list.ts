import { SCENARIOS } from '../catalogue.ts'
import { print } from '../print.ts'

export function list(): number {
  for (const { name, title, after, ci } of SCENARIOS) {
    const notes = [
      after === undefined ? undefined : `after ${after.name}`,
      ci === true ? undefined : `not in CI: ${ci.leftOut}`,
    ].filter((note) => note !== undefined)
    print(`${name.padEnd(18)} ${title}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`)
  }
  return 0
}
