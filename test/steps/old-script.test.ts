import { describe, expect, test } from 'vitest'
import type { Warning } from '../../src/engine/decision.ts'
import { oldDataEntry, oldEfsEntry, withoutOld } from '../../src/steps/old-script.ts'
import { act, decide, fstab, mounted, others } from './data-volume-sights.ts'
import * as efs from './efs-state.ts'

const dataLine = '/dev/nvme1n1 /mnt/shared ext4 defaults,nofail 0 2'
const efsLine = 'fs-0123456789abcdef0:/ /mnt/work efs _netdev,tls 0 0'

describe('of /etc/fstab', () => {
  test.each([
    ['the line of the data volume', dataLine],
    ['its line on a Xen type', '/dev/xvdf /mnt/shared ext4 defaults,nofail 0 2'],
    ['the line of EFS', efsLine],
  ])('%s is the old script’s', (_what, line) => {
    const isOld = (candidate: string) =>
      oldDataEntry('/mnt/shared')(candidate) || oldEfsEntry('fs-0123456789abcdef0', '/mnt/work')(candidate)
    expect(withoutOld(`${others}${line}\n# below\n`, isOld)).toBe(`${others}# below\n`)
  })

  test.each([
    ['for another mount point', '/dev/nvme1n1 /mnt/other ext4 defaults,nofail 0 2'],
    ['of another type', '/dev/nvme1n1 /mnt/shared xfs defaults,nofail 0 2'],
    ['with other options', '/dev/nvme1n1 /mnt/shared ext4 defaults,nofail,noatime 0 2'],
    ['with other blanks', '/dev/nvme1n1\t/mnt/shared ext4 defaults,nofail 0 2'],
    ['that is commented out', `#${dataLine}`],
    ['of the root’s disk', '/dev/nvme0n1 /mnt/shared ext4 defaults,nofail 0 2'],
    ['of a partition', '/dev/nvme1n1p1 /mnt/shared ext4 defaults,nofail 0 2'],
    ['by UUID', 'UUID=3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01 /mnt/shared ext4 defaults,nofail 0 2'],
    ['with more behind it', `${dataLine} # the disk of the lab`],
    ['of another file system', 'fs-ffffffffffffffff0:/ /mnt/work efs _netdev,tls 0 0'],
    ['of EFS with other options', 'fs-0123456789abcdef0:/ /mnt/work efs _netdev,tls,iam 0 0'],
  ])('a line %s is not', (_what, line) => {
    expect(oldDataEntry('/mnt/shared')(line)).toBe(false)
    expect(oldEfsEntry('fs-0123456789abcdef0', '/mnt/work')(line)).toBe(false)
  })
})

const replaced = (line: string): readonly Warning[] => [
  { code: 'FSTAB_OLD_ENTRY_REPLACED', text: `this line of the old script was replaced in /etc/fstab: ${line}` },
]

describe('what the old script left mounted', () => {
  const write = {
    do: 'write',
    path: '/etc/fstab',
    content: fstab,
    was: `${others}${dataLine}\n`,
    mode: 0o644,
    keepsPermissions: true,
    check: 'fstab',
    because: '/mnt/shared must be mounted at every boot',
    warnings: replaced(dataLine),
  } as const
  const reload = {
    do: 'exec',
    argv: ['systemctl', 'daemon-reload'],
    because: 'systemd makes its mount units from /etc/fstab',
  } as const

  test('of the data volume stays mounted, and is listed by its UUID, and that is told of', () => {
    expect(decide({ ...mounted, fstab: write.was })).toEqual(act(write, reload))
  })

  test('of the data volume is told of by no write but the one that takes its line out', () => {
    const { warnings: _none, ...silent } = write
    expect(decide({ ...mounted, fstab: others })).toEqual(act({ ...silent, was: others }, reload))
  })

  const byHelper = { client: 'efs-utils', hasHelper: true, tunnel: undefined, tunnelled: [] } as const
  const efsEntry = `fs-0123456789abcdef0:/ /mnt/work efs tls,${efs.systemd} 0 0`
  const efsWrite = efs.write(
    '/etc/fstab',
    `${efs.base}${efsLine}\n`,
    `${efs.base}${efsEntry}\n`,
    'the file system must be mounted at each boot',
  )

  test('of EFS stays mounted, and is listed so that a boot does not wait for it, and that is told of', () => {
    expect(efs.decide({ ...byHelper, fstab: efsWrite.was })).toEqual(
      efs.act(
        { ...efsWrite, warnings: replaced(efsLine) },
        efs.exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
      ),
    )
  })

  test('of another EFS is somebody’s', () => {
    const line = 'fs-ffffffffffffffff0:/ /mnt/work efs _netdev,tls 0 0'
    expect(efs.decide({ ...byHelper, fstab: `${efs.base}${line}\n` })).toMatchObject({
      is: 'refuse',
      code: 'FSTAB_CONFLICT',
    })
  })
})
