import { writeFileSync } from 'node:fs'
import { exampleOf, renderedExamples, roles } from '../test/terraform/examples.ts'

/** Writes what terraform makes of the examples of user_data beside them. */
const rendered = await renderedExamples()
for (const role of roles) writeFileSync(exampleOf(role), rendered[role])
