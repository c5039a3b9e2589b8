import { describe, expect, test } from 'vitest'
import { noTerraform, terraformIn } from './terraform.ts'

// oxlint-disable-next-line no-console -- a skip says why
if (noTerraform !== undefined) console.warn(`skipped: terraform: ${noTerraform}`)

/** Those that need no provider. */
const modules = ['modules/configuration', 'modules/user-data']

describe.skipIf(noTerraform !== undefined)('terraform', () => {
  test('has nothing to format', async () => {
    await using terraform = await terraformIn('')
    expect(await terraform.run('fmt', '-check', '-recursive', '-diff')).toBe('')
  })

  test.each(modules)('finds %s valid, and its tests pass', { timeout: 60_000 }, async (folder) => {
    await using terraform = await terraformIn(folder)
    await terraform.run('init', '-input=false')
    expect(JSON.parse(await terraform.run('validate', '-json'))).toMatchObject({ valid: true, diagnostics: [] })
    expect(await terraform.run('test', '-no-color')).toMatch(/Success! [1-9]\d* passed, 0 failed\.\n$/)
  })
})
