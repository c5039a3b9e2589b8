import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseNfsConf, printNfsConf } from '../../src/formats/nfs-conf.ts'

/** Printed by nfsconf 2.6.2 on Debian 12, with a file of ours. */
const dump = readFileSync(new URL('../fixtures/nfs/nfsconf-dump.txt', import.meta.url), 'utf8')
const nfsd = (...settings: string[]) => ['[mountd]', ' threads = 3', '', '[nfsd]', ...settings, ''].join('\n')

describe('the settings of the NFS server', () => {
  test('are written with the versions by name', () => {
    expect(printNfsConf({ threads: 16, v3: false, v4: true })).toBe(`# Made by slurm-node-agent.
[nfsd]
vers2=n
vers3=n
vers4=y
threads=16
`)
  })

  test.each([
    ['as nfsconf dumps them', dump, { threads: 16, v3: false, v4: true }],
    ['as they are written', printNfsConf({ threads: 7, v3: true, v4: false }), { threads: 7, v3: true, v4: false }],
    ['with the defaults, of no file', '[general]\n pipefs-directory = /run/rpc_pipefs\n', defaults()],
    ['with the defaults, of others', nfsd(' port = 2049'), defaults()],
    ['not from another section', `${nfsd(' vers3 = n')}\n[statd]\n vers4 = n\n`, { ...defaults(), v3: false }],
    ['with no threads taken for a slip', nfsd(' threads = 0'), defaults()],
    ['with other words for yes', nfsd(' vers3 = True', ' vers4 = ON'), defaults()],
    ['with other words for no', nfsd(' vers3 = 0', ' vers4 = off'), { ...defaults(), v3: false, v4: false }],
  ])('are read %s', (_how, stdout, settings) => {
    expect(parseNfsConf(stdout)).toEqual(settings)
  })
})

function defaults() {
  return { threads: 8, v3: true, v4: true }
}
