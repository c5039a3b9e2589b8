import { describe, expect, test } from 'vitest'
import { exportsFiles, toWrite } from '../../src/steps/nfs-exports-files.ts'
import { exportTo } from '../../src/steps/nfs-table.ts'
import { fakeHost } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { exportsFile, exportsPath, oldLine } from './nfs-state.ts'

const main = '/etc/exports'
const wanted = [exportTo('10.0.0.0/16', configuration())]
const written = (was: string | undefined, because: string) => ({
  do: 'write',
  path: exportsPath,
  content: exportsFile,
  was,
  mode: 0o644,
  because,
})

const lineOf = (network: string) => `${exportsFile.split('\n')[1]?.replace('10.0.0.0/16', network)}\n`

describe('the exports file of the agent', () => {
  test.each([
    ['is left alone when it is right', exportsFile, []],
    ['is made', undefined, [written(undefined, 'the volume is not exported')]],
    ['is mended when it was edited', `${oldLine}\n`, [written(`${oldLine}\n`, 'it differs from the configuration')]],
    [
      'is mended when somebody has left the configuration',
      exportsFile + lineOf('10.9.0.0/16'),
      [written(exportsFile + lineOf('10.9.0.0/16'), 'it differs from the configuration')],
    ],
    [
      'no longer has what is exported no more',
      `${exportsFile}# no longer: /data 10.0.0.0/16\n`,
      [written(`${exportsFile}# no longer: /data 10.0.0.0/16\n`, 'who has left the configuration has lost the export')],
    ],
  ])('%s, and no other', (_how, own, actions) => {
    expect(toWrite(wanted, [], { own, others: [{ path: main, content: '/srv *(ro)\n' }] })).toEqual(actions)
  })
})

describe('the exports files', () => {
  test('are those that exportfs reads', async () => {
    const names = ['.hidden.exports', 'a.exports', 'notes.txt', 'slurm-node-agent.exports', 'z.exports']
    const host = fakeHost({
      directories: { '/etc/exports.d': names },
      files: {
        [main]: undefined,
        '/etc/exports.d/a.exports': 'a',
        [exportsPath]: exportsFile,
        '/etc/exports.d/z.exports': 'z',
      },
    })
    expect(await exportsFiles(host)).toEqual({
      own: exportsFile,
      others: [
        { path: main, content: '' },
        { path: '/etc/exports.d/a.exports', content: 'a' },
        { path: '/etc/exports.d/z.exports', content: 'z' },
      ],
    })
  })
})
