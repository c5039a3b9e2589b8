import { codesPage } from './codes-page.ts'
import { configurationPage } from './configuration-page.ts'
import { stepsPage } from './steps-page.ts'

/** The documents below docs/ that nobody writes by hand, by their names. */
export function generatedDocs(): Readonly<Record<string, string>> {
  return { 'codes.md': codesPage(), 'configuration.md': configurationPage(), 'steps.md': stepsPage() }
}
