import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runInGuest, whyNoGuest } from './guest.ts'
import { whyNoPart } from './kernel-parts.ts'
import { leftOut } from './left-out.ts'
import { groups } from './states/groups.ts'

const needs = [...new Set(groups.flatMap(({ states }) => states.flatMap((state) => state.needs ?? [])))]
const lacks = await Promise.all(needs.map(whyNoPart))
const lacking = needs.filter((_, index) => lacks[index] !== undefined)
const left = 'no states of the disk matrix are made in a guest'
const isNeeded = lacking.length > 0
const isLeftOut = isNeeded && leftOut(left, whyNoGuest())
if (!isNeeded) process.stderr.write(`${left}: this kernel can make every state itself\n`)

const deadlineMs = 900_000

describe.skipIf(!isNeeded || isLeftOut)('the disk matrix in a guest', () => {
  test(`makes the states that need ${lacking.join(' and ')}`, { timeout: deadlineMs }, async ({ signal, skip }) => {
    const root = join(import.meta.dirname, '../..')
    const vitest = 'node_modules/vitest/vitest.mjs run --project real --reporter=verbose'
    const command = `env NOTHING_LEFT_OUT=1 NO_COLOR=1 DISK_MATRIX=in-guest ${process.execPath} ${vitest} test/real/disk-matrix.test.ts`
    const { began, exitCode, output } = await runInGuest(command, root, signal)
    if (!began) skip(leftOut(left, `User-Mode Linux does not run here: ${output}`))
    process.stdout.write(`${output}\n`)
    expect(exitCode).toBe(0)
  })
})
