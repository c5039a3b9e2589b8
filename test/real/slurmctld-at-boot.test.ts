import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeEach, expect, test } from 'vitest'
import { shareOf } from '../../src/steps/share.ts'
import { toBeginAtBoot } from '../../src/steps/slurmctld-at-boot.ts'
import { temporaryDirectory } from '../agent/temporary-directory.ts'
import { configuration } from '../steps/configuration.ts'

const [own, other] = ['i-0123456789abcdef0', 'i-0123456789abcdef01']

let claim: string
beforeEach(async () => {
  claim = join(await temporaryDirectory(), 'front-end')
})

/** What systemd runs: it starts the daemon only where this exits with 0. */
async function exitCode(): Promise<number | undefined> {
  const config = configuration({ slurm: { stateSaveLocation: '/mnt/work/slurmctld' } })
  const [write] = toBeginAtBoot(config, { was: undefined, instanceId: own })
  const line = write?.do === 'write' ? write.content : ''
  const [, command = ''] = /^ExecCondition=(.*)$/m.exec(line) ?? []
  const [program = '', ...args] = command.split(' ').map((word) => word.replace(shareOf(config).frontEndClaim, claim))
  return (await execa(program, args, { reject: false })).exitCode
}

test.each([
  [0, own],
  [0, `${own}/vol-0123456789abcdef0`],
  [1, other],
  [1, `${other}/vol-0123456789abcdef0`],
  [1, `i-0fedcba9876543210/${own}`],
])('the condition exits with %i where the link on the share is to %s', async (code, target) => {
  await symlink(target, claim)
  expect(await exitCode()).toBe(code)
})

test('the condition exits with 1 where nothing or no link is there', async () => {
  expect(await exitCode()).toBe(1)
  await writeFile(claim, own)
  expect(await exitCode()).toBe(1)
})
