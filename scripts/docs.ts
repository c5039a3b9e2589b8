import { mkdirSync, writeFileSync } from 'node:fs'
import { generatedDocs } from './docs/generated.ts'

/** Writes the documents that are made from what the program itself knows. */
const directory = new URL('../docs/', import.meta.url)
mkdirSync(directory, { recursive: true })
for (const [name, text] of Object.entries(generatedDocs())) writeFileSync(new URL(name, directory), text)
