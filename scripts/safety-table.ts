import { readFileSync, writeFileSync } from 'node:fs'
import { withSafetyTable } from '../test/real/matrix-table.ts'
import { groups } from '../test/real/states/groups.ts'

/** Writes what the disk matrix shows into README: `npm run matrix` comes to this once every state was made and passed. */
const readme = new URL('../README.md', import.meta.url)
writeFileSync(readme, withSafetyTable(readFileSync(readme, 'utf8'), groups))
