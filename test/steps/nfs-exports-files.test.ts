import { describe, expect, test } from 'vitest'
import { exportsFiles, isOldExport, toWrite } from '../../src/steps/nfs-exports-files.ts'
import { exportTo } from '../../src/steps/nfs-table.ts'
import { fakeHost } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { entry, exportsFile, exportsPath, oldEntry, oldLine } from './nfs-state.ts'

const main = '/etc/exports'
const wanted = [exportTo('10.0.0.0/16', configuration())]
const others = (content: string) => [{ path: main, content }]
const removed = {
  code: 'NFS_OLD_EXPORT_REMOVED',
  text: `this line of the old script was removed from /etc/exports: ${oldLine}`,
} as const
const written = (path: string, content: string, was: string | undefined, because: string) => ({
  do: 'write' as const,
  path,
  content,
  was,
  mode: 0o644,
  ...(path === main && ({ keepsPermissions: true, warnings: [removed] } as const)),
  because,
})
const packaged = `# /etc/exports: the access control list for filesystems which may be exported
#\t\tto NFS clients.  See exports(5).
`
const ofTheOldScript = 'the line of the old script opens the volume to everybody'

describe('the exports files', () => {
  test.each([
    ['are left alone when they are right', exportsFile, packaged, []],
    [
      'get the export',
      undefined,
      packaged,
      [written(exportsPath, exportsFile, undefined, 'the volume is not exported')],
    ],
    [
      'get it back when it was edited',
      `${oldLine}\n`,
      '',
      [written(exportsPath, exportsFile, `${oldLine}\n`, 'it differs from the configuration')],
    ],
    [
      'lose the line of the old script and nothing else',
      exportsFile,
      `${packaged}/srv *(ro)\n${oldLine}\n\n/home 10.0.0.0/16(rw)`,
      [
        written(
          main,
          `${packaged}/srv *(ro)\n\n/home 10.0.0.0/16(rw)`,
          `${packaged}/srv *(ro)\n${oldLine}\n\n/home 10.0.0.0/16(rw)`,
          ofTheOldScript,
        ),
      ],
    ],
    [
      'lose each line of the old script, after the export is there that takes its place',
      undefined,
      `${oldLine}\n${oldLine}\n`,
      [
        written(exportsPath, exportsFile, undefined, 'the volume is not exported'),
        written(main, '', `${oldLine}\n${oldLine}\n`, ofTheOldScript),
      ],
    ],
    ['keep what was changed by hand in that line', exportsFile, `${oldLine} # for the backup\n`, []],
    ['keep another line for everybody', exportsFile, '/mnt/shared *(rw,no_root_squash)\n', []],
    ['keep a line that was commented out', exportsFile, `#${oldLine}\n`, []],
  ])('%s', (_how, own, content, actions) => {
    expect(toWrite(wanted, { own, others: others(content) })).toEqual(actions)
  })

  test('keep that line where somebody put it in a file of his own', () => {
    const theirs = [...others(''), { path: '/etc/exports.d/site.exports', content: `${oldLine}\n` }]
    expect(toWrite(wanted, { own: exportsFile, others: theirs })).toEqual([])
  })

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

describe('the old script’s export', () => {
  test.each([
    ['as exportfs shows it', oldEntry, true],
    ['not of another directory', { ...oldEntry, path: '/srv' }, false],
    ['not to another client', { ...oldEntry, client: '10.0.0.0/16' }, false],
    ['not with root squashed', { ...oldEntry, options: entry.options }, false],
    [
      'not with the guard that the agent gives it',
      { ...oldEntry, options: [...oldEntry.options, 'mountpoint'] },
      false,
    ],
  ])('is known %s', (_how, candidate, expected) => {
    expect(isOldExport(candidate)).toBe(expected)
  })
})
