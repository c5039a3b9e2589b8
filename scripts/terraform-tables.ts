import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readModule } from '../test/terraform/hcl.ts'
import { withModuleTables } from '../test/terraform/module-tables.ts'
import { publishedFolders } from '../test/terraform/terraform.ts'

/** Writes what each module of Terraform takes and gives into its README. */
for (const folder of publishedFolders) {
  const readme = join(folder, 'README.md')
  writeFileSync(readme, await withModuleTables(readFileSync(readme, 'utf8'), await readModule(folder)))
}
