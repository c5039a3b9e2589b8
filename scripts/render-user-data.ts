import { writeFileSync } from 'node:fs'
import { renderedExamples } from '../test/terraform/examples.ts'
import { exampleOf, roles } from '../test/terraform/user-data-example.ts'

/** Writes what terraform makes of the examples of user_data beside them. */
const rendered = await renderedExamples()
for (const role of roles) writeFileSync(exampleOf(role), rendered[role])
