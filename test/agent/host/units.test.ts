import { describe, expect, test } from 'vitest'
import { unitsBy } from '../../../agent/host/units.ts'
import { signal } from '../../fake-host.ts'

const answering = (stdout: string) => unitsBy(async () => ({ exitCode: 0, stdout, stderr: '' }))
const printed = 'LoadState=loaded\nActiveState=active\n\nLoadState=not-found\nActiveState=inactive\n'

describe('what systemd knows of units', () => {
  test('is asked by one command, and comes in the order of the names', async () => {
    const asked: string[] = []
    const units = unitsBy(async (argv) => {
      asked.push(argv.join(' '))
      return { exitCode: 0, stdout: printed, stderr: '' }
    })
    expect(await units(['munge.service', 'none.service'], signal)).toEqual([
      { LoadState: 'loaded', ActiveState: 'active' },
      { LoadState: 'not-found', ActiveState: 'inactive' },
    ])
    expect(asked).toEqual([
      expect.stringMatching(
        /^systemctl show --timestamp=us\+utc --property=ActiveState,[\w,]+ munge\.service none\.service$/,
      ),
    ])
  })

  test('is nothing that can be told apart where it printed too little, or too much', async () => {
    await expect(answering('')(['a.service'], signal)).rejects.toThrow('printed 0 units')
    await expect(answering(printed)(['a.service'], signal)).rejects.toThrow('printed 2 units, not the 1 of a.service')
    await expect(answering(printed)(['a.service', 'b.service', 'c.service'], signal)).rejects.toThrow('not the 3 of')
  })
})
