import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exampleConfig } from '../../scripts/docs/examples.ts'
import { generatedDocs } from '../../scripts/docs/generated.ts'
import { pathsOf, rolesOf } from '../../src/config/described-schema.ts'
import { jsonSchema } from '../../src/config/schema.ts'
import { codes } from '../../src/engine/codes.ts'
import { stepsOf } from '../../src/steps/roles.ts'

const directory = new URL('../../docs/', import.meta.url)
const roles = rolesOf(jsonSchema())
const keys = new Set(roles.flatMap(({ schema }) => pathsOf(schema)))
const steps = new Set(roles.flatMap(({ role }) => stepsOf(exampleConfig(role)).map(({ id }) => id)))
const written = readdirSync(directory).filter((name) => name.endsWith('.md') && !Object.hasOwn(generatedDocs(), name))

/** All that stands in backquotes and looks like that. */
function quoted(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words).filter((words) => pattern.test(words))
}

describe.each(written)('%s names nothing that there is not:', (name) => {
  const text = readFileSync(new URL(name, directory), 'utf8')

  test('codes', () => {
    const named = quoted(text, /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/)
    expect(named.filter((code) => !Object.hasOwn(codes, code) && code !== 'NO_COLOR')).toEqual([])
  })

  test('keys of the configuration', () => {
    const named = quoted(text, /^(?:efs|dataVolume|nfs|slurm|accounting)\.(?!conf\b)/)
    expect(named.filter((key) => !keys.has(key))).toEqual([])
  })

  test('steps', () => {
    const lines = text.split('\n').filter((line) => /^Steps? `/.test(line))
    const named = lines.flatMap((line) => quoted(line.replace(/, keys? .*/, ''), /./))
    expect(named.filter((step) => !steps.has(step))).toEqual([])
  })

  test('pages', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
    expect(links.filter((target) => !existsSync(new URL(target, directory)))).toEqual([])
  })
})
