import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { type Export, printExports } from '../../src/formats/exports.ts'
import { objectionToTable, toExport } from '../../src/steps/nfs-exportfs.ts'
import { exportTo } from '../../src/steps/nfs-table.ts'
import { configuration } from './configuration.ts'
import { entry, oldEntry, shown, shownWith } from './nfs-state.ts'

const wanted = [exportTo('10.0.0.0/16', configuration())]
const own = printExports(wanted, [])
const table = {
  wanted,
  isHostUnknown: false,
  mountPoint: '/mnt/shared',
  exported: [entry],
  own,
  others: [{ path: '/etc/exports', content: '' }],
}
const exportAll = {
  do: 'exec' as const,
  argv: ['exportfs', '-a'] as const,
  mayFail: true as const,
  because: '/mnt/shared is not exported to 10.0.0.0/16 as it should be',
}
const unexport = (argument: string, because: string) => ({ do: 'exec', argv: ['exportfs', '-u', argument], because })
const done: ActionOutcome = { is: 'done', action: exportAll }
const failed: ActionOutcome = { is: 'failed', action: exportAll, error: 'exportfs -a ended with 1' }
const instead = (...options: string[]) => ({ exported: [{ ...entry, options }] })
const other = { ...entry, client: '10.1.0.0/16' }
/** The agent's own file, where these were exported by an earlier configuration. */
const after = (...leaving: Export[]) => ({ own: printExports(wanted, leaving) })
const asked = (content: string) => [{ path: '/etc/exports.d/site.exports', content }]

describe('what is exported', () => {
  test.each([
    ['is left alone when it is as wanted', {}, []],
    [
      'is left alone when a host is shown in other letters',
      { wanted: [{ ...entry, client: 'job-1' }], exported: [{ ...entry, client: 'JOB-1' }] },
      [],
    ],
    ['is exported when it is not there', { exported: [] }, [exportAll]],
    [
      'is exported again without the guard against a lost mount',
      instead(...shownWith('mountpoint', 'hide')),
      [exportAll],
    ],
    [
      'is exported again with the guard of another mount',
      instead(...shownWith('mountpoint', 'mountpoint=/srv')),
      [exportAll],
    ],
    ['is exported again with root as root', instead(...shownWith('root_squash', 'no_root_squash')), [exportAll]],
    ['is exported again when it answers before data is safe', instead(...shownWith('sync', 'async')), [exportAll]],
    ['is exported again read-only', instead(...shownWith('rw', 'ro')), [exportAll]],
    ['is exported again with checks of subtrees', instead(...shownWith('no_subtree_check', 'hide')), [exportAll]],
    ['is exported again read-only for some', instead(...shown, 'sec=krb5', 'ro'), [exportAll]],
    ['is exported again with root as root for some', instead(...shown, 'sec=krb5', 'no_root_squash'), [exportAll]],
    ['is exported again to any port', instead(...shownWith('secure', 'insecure')), [exportAll]],
    ['is exported again with all users as one', instead(...shownWith('no_all_squash', 'all_squash')), [exportAll]],
    ['is exported again with root as another user', instead(...shown, 'anonuid=0'), [exportAll]],
    ['is exported again with what is mounted below', instead(...shown, 'crossmnt'), [exportAll]],
    [
      'is taken from a network that left the configuration',
      { exported: [entry, other], ...after(other) },
      [unexport('10.1.0.0/16:/mnt/shared', '/mnt/shared is still exported to 10.1.0.0/16')],
    ],
    [
      'is taken from the mount point of an earlier configuration',
      { exported: [entry, { ...entry, path: '/data' }], own: own.replace('/mnt/shared', '/data') },
      [unexport('10.0.0.0/16:/data', '/data is still exported to 10.0.0.0/16')],
    ],
    [
      'is taken from an earlier IPv6 network and an earlier host',
      {
        exported: [entry, { ...other, client: '2001:db8::/32' }, { ...other, client: 'ip-10-0-0-5.ec2.internal' }],
        ...after({ ...other, client: '2001:db8::/32' }, { ...other, client: 'job-1' }),
      },
      [
        unexport('[2001:db8::]/32:/mnt/shared', '/mnt/shared is still exported to 2001:db8::/32'),
        unexport('ip-10-0-0-5.ec2.internal:/mnt/shared', '/mnt/shared is still exported to ip-10-0-0-5.ec2.internal'),
      ],
    ],
    [
      'is left where somebody exported by hand in the very same way',
      { exported: [entry, other, { ...entry, client: 'job-1' }], ...after({ ...other, client: '10.2.0.0/16' }) },
      [],
    ],
    ['is left to everybody where others have it so', { exported: [entry, oldEntry] }, []],
    [
      'is left to a network that another file asks for, with the options that ours has too',
      {
        exported: [entry, other],
        ...after(other),
        others: asked('/mnt/shared 10.1.0.0/16(rw,sync,no_subtree_check,mountpoint)'),
      },
      [],
    ],
    [
      'is left to a host that another file asks for by another name',
      {
        exported: [entry, { ...entry, client: 'ip-10-0-0-5.ec2.internal' }],
        ...after({ ...other, client: 'ip-10-0-0-5.ec2.internal' }),
        others: asked('/mnt/shared backup(rw,sync,no_subtree_check,mountpoint)'),
      },
      [],
    ],
    [
      'is taken from a host when another file asks for a network alone',
      {
        exported: [entry, { ...entry, client: 'job-1' }],
        ...after({ ...other, client: 'job-1' }),
        others: asked('/mnt/shared 10.1.0.0/16(rw)'),
      },
      [unexport('job-1:/mnt/shared', '/mnt/shared is still exported to job-1')],
    ],
    [
      'is left to a host that may be one of ours, whose names do not all resolve, and taken from a network',
      {
        isHostUnknown: true,
        exported: [entry, other, { ...entry, client: 'ip-10-0-0-5.ec2.internal' }],
        ...after(other, { ...other, client: 'job-1' }),
      },
      [unexport('10.1.0.0/16:/mnt/shared', '/mnt/shared is still exported to 10.1.0.0/16')],
    ],
    [
      'is taken from a host at the mount point of an earlier configuration, whichever names resolve',
      {
        isHostUnknown: true,
        exported: [entry, { ...entry, path: '/data', client: 'job-1' }],
        ...after({ path: '/data', client: 'job-1' }),
      },
      [unexport('job-1:/data', '/data is still exported to job-1')],
    ],
    [
      'is left where it was exported by hand in another way',
      {
        exported: [entry, { path: '/srv', client: '*', options: ['sync', 'ro'] }, { ...other, options: ['ro'] }],
        ...after(other),
      },
      [],
    ],
  ])('%s', (_behaviour, changed, actions) => {
    expect(toExport({ ...table, ...changed }, [])).toEqual(actions)
  })

  test('is exported again after exportfs failed', () => {
    expect(toExport({ ...table, exported: [] }, [failed])).toEqual([exportAll])
  })

  test('is waited for when it does not show up though exportfs did its work, and taken from others all the same', () => {
    const without = { ...table, exported: [other], ...after(other) }
    expect(toExport(without, [done])).toEqual([
      unexport('10.1.0.0/16:/mnt/shared', '/mnt/shared is still exported to 10.1.0.0/16'),
    ])
    expect(objectionToTable(without, [done])).toEqual({
      is: 'wait',
      code: 'NFS_NOT_EXPORTED',
      for: 'exportfs -v to show /mnt/shared 10.0.0.0/16(rw,sync,no_subtree_check,root_squash,mountpoint)',
    })
  })

  // exportfs ends with 1 for "incompatible duplicated export entries", where the options are numbers to it.
  test.each([
    ['done', done],
    ['failed', failed],
  ])('is refused where the line of somebody else comes before (%s)', (_is, past) => {
    const line = '/mnt/shared 10.0.0.0/16(rw,no_root_squash)'
    const taken = { ...table, ...instead('sync', 'rw', 'no_root_squash'), others: asked(line) }
    expect(toExport(taken, [past])).toEqual([])
    expect(objectionToTable(taken, [past])).toEqual({
      is: 'refuse',
      code: 'NFS_EXPORT_TAKEN',
      because:
        '/etc/exports.d/site.exports exports /mnt/shared 10.0.0.0/16(sync,rw,no_root_squash), and exportfs takes the first of two entries',
      hint: 'remove that entry; wanted is /mnt/shared 10.0.0.0/16(rw,sync,no_subtree_check,root_squash,mountpoint)',
    })
  })

  test.each([
    ['nothing was tried', { exported: [] }, []],
    ['exportfs failed and nothing is there', { exported: [] }, [failed]],
    ['all is as wanted', {}, [done]],
  ])('is not objected to when %s', (_when, changed, past) => {
    expect(objectionToTable({ ...table, ...changed }, past)).toBeUndefined()
  })

  test('may have root as root where the configuration says so, and is exported again where it has not', () => {
    const open = [exportTo('10.0.0.0/16', configuration({ nfs: { rootSquash: false } }))]
    expect(toExport({ ...table, wanted: open }, [])).toEqual([exportAll])
    const asWanted = { ...table, wanted: open, ...instead(...shownWith('root_squash', 'no_root_squash')) }
    expect(toExport(asWanted, [])).toEqual([])
  })
})
