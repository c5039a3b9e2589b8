import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exec } from '../../agent/host/exec.ts'
import { tunnelUnit, unitText } from '../../src/steps/efs-tunnel.ts'
import { signal } from '../fake-host.ts'

const needed = ['/usr/bin/systemd-analyze', '/usr/bin/stunnel4'].filter((path) => !existsSync(path))
const reason = needed.length === 0 ? '' : ` (skipped: ${needed.join(', ')} not installed)`

describe.skipIf(reason !== '')(`the unit of the tunnel${reason}`, () => {
  test.each([['mnt-work.mount'], ['mnt-my\\x2dwork.mount']])(
    'is one that systemd takes without a word: %s',
    async (mountUnit) => {
      const directory = mkdtempSync(join(tmpdir(), 'unit-'))
      try {
        const path = join(directory, tunnelUnit)
        writeFileSync(path, unitText(mountUnit))
        const { stderr } = await exec(['systemd-analyze', 'verify', '--man=no', path], { signal })
        expect(stderr).toBe('')
      } finally {
        rmSync(directory, { recursive: true })
      }
    },
  )
})
