import { describe, expect, test } from 'vitest'
import { widerExports } from '../../src/steps/nfs-other-exports.ts'
import { exportTo } from '../../src/steps/nfs-table.ts'
import { configuration } from './configuration.ts'
import { entry, oldEntry } from './nfs-state.ts'

const config = configuration()
const wanted = [exportTo('10.0.0.0/16', config)]
const squashed = ['sync', 'rw', 'root_squash']
const unsquashed = ['sync', 'rw', 'no_root_squash']
const shared = (client: string, options: readonly string[]) => ({ path: '/mnt/shared', client, options })

/** What is told of one entry beside ours. */
function told(exported: object, line = '', configured = config) {
  const others = [
    { path: '/etc/exports', content: line },
    { path: '/etc/exports.d/site.exports', content: '' },
  ]
  return widerExports(configured, {
    wanted,
    isHostUnknown: false,
    mountPoint: '/mnt/shared',
    exported: [entry, { ...entry, ...exported }],
    own: undefined,
    others,
  })
}
const warning = (text: string) => [{ code: 'NFS_EXPORTED_BY_OTHERS', text }]
const byHand = 'a command (exportfs -o) exports'

describe('what others export of the volume', () => {
  test.each([
    [
      'to everybody, root included',
      shared('*', unsquashed),
      '/mnt/shared *(rw,no_root_squash)',
      '/etc/exports exports /mnt/shared *(sync,rw,no_root_squash): everybody may mount it, and root is root there',
    ],
    ['to everybody', shared('*', squashed), '', `${byHand} /mnt/shared *(sync,rw,root_squash): everybody may mount it`],
    [
      'to every address',
      shared('0.0.0.0/0', squashed),
      '/mnt/shared 0.0.0.0/0(rw)',
      '/etc/exports exports /mnt/shared 0.0.0.0/0(sync,rw,root_squash): everybody may mount it',
    ],
    [
      'to every address, by mask',
      shared('0.0.0.0/0.0.0.0', squashed),
      '',
      `${byHand} /mnt/shared 0.0.0.0/0.0.0.0(sync,rw,root_squash): everybody may mount it`,
    ],
    [
      'with root as root',
      shared('backup', unsquashed),
      '/mnt/shared backup.example(rw,no_root_squash)',
      '/etc/exports exports /mnt/shared backup(sync,rw,no_root_squash): root is root there',
    ],
    [
      'with root squashed to root',
      shared('10.1.0.0/16', [...squashed, 'anonuid=0']),
      '',
      `${byHand} /mnt/shared 10.1.0.0/16(sync,rw,root_squash,anonuid=0): root is root there`,
    ],
    [
      'in a directory of it',
      { ...shared('*', squashed), path: '/mnt/shared/public' },
      '/mnt/shared/public *(rw)',
      '/etc/exports exports /mnt/shared/public *(sync,rw,root_squash): everybody may mount it',
    ],
    [
      'with a directory above',
      { ...shared('*', [...squashed, 'crossmnt']), path: '/mnt' },
      '',
      `${byHand} /mnt *(sync,rw,root_squash,crossmnt): everybody may mount it`,
    ],
    [
      'with everything',
      { ...shared('*', [...squashed, 'crossmnt']), path: '/' },
      '',
      `${byHand} / *(sync,rw,root_squash,crossmnt): everybody may mount it`,
    ],
  ])('is told of: %s', (_what, exported, line, text) => {
    expect(told(exported, line)).toEqual(warning(text))
  })

  test.each([
    ['a host with root squashed', shared('backup', squashed)],
    ['another network with root squashed', shared('10.1.0.0/16', squashed)],
    ['another directory', { ...shared('*', unsquashed), path: '/srv' }],
    ['a directory of a like name', { ...shared('*', unsquashed), path: '/mnt/shared2' }],
    ['a directory above, without what is mounted below', { ...shared('*', unsquashed), path: '/mnt' }],
    ['a like directory above, with what is mounted below', { ...shared('*', ['crossmnt']), path: '/m' }],
    ['what is ours, whatever its options are at the moment', shared('10.0.0.0/16', unsquashed)],
  ])('is nobody’s business: %s', (_what, exported) => {
    expect(told(exported)).toEqual([])
  })

  test('is as wide as the configuration allows', () => {
    const open = configuration({ nfs: { allowAnyClient: true, rootSquash: false } })
    expect(told(oldEntry, '', open)).toEqual([])
  })
})
