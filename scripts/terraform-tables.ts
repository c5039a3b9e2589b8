import { readFileSync, writeFileSync } from 'node:fs'
import { readModule } from '../test/terraform/hcl.ts'
import { withModuleTables } from '../test/terraform/module-tables.ts'
import { terraformFolder } from '../test/terraform/terraform.ts'

/** Writes what the module of Terraform takes and gives into its README. */
const readme = `${terraformFolder}/README.md`
writeFileSync(readme, await withModuleTables(readFileSync(readme, 'utf8'), await readModule(terraformFolder)))
