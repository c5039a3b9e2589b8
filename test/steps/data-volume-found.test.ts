import { describe, expect, test } from 'vitest'
import type { Script } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import {
  base,
  data,
  dataMount,
  decoy,
  ec2,
  files,
  look,
  lsblk,
  probes,
  root,
  rootMount,
  sizeBytes,
  uuid,
  volumeId,
} from './data-volume-machine.ts'

describe('what is found on the data volume', () => {
  const lvm = probes({
    wipefs: JSON.stringify({ signatures: [{ offset: '0x218', type: 'LVM2_member', uuid: 'x' }] }),
    blkid: 'TYPE=LVM2_member\n',
    dumpe2fs: { exitCode: 19 },
  })

  test('takes the hash of a disk with something else on it: of the volume, its size, its bytes, and all writes since the boot', async () => {
    const found = async (script: Script = {}) => {
      const commands = { ...base.commands, ...lvm }
      const sight = await look({ ...base, ...ec2, commands, digests: { '/dev/nvme2n1': 'a hash' }, ...script })
      return sight.is === 'read' && sight.findings?.is === 'hash' ? sight.findings.hash : sight
    }
    const findings = await found()
    expect(findings).toMatch(/^[0-9a-f]{16}$/)
    expect(await found()).toBe(findings)
    expect(await found({ digests: { '/dev/nvme2n1': 'another' } })).not.toBe(findings)
    const larger = lsblk(decoy, root, { ...data, size: 2 * sizeBytes })
    expect(await found({ commands: { ...larger, ...lvm } })).not.toBe(findings)
    const written = { ...files, '/sys/class/block/nvme2n1/stat': '9 0 72 3 6 0 48 2 0 4 5\n' }
    expect(await found({ files: written })).not.toBe(findings)
    expect(await found({ files: { ...files, '/proc/sys/kernel/random/boot_id': 'the next\n' } })).not.toBe(findings)
    expect(await found({ files: { ...files, '/sys/class/block/nvme2n1/diskseq': '12\n' } })).not.toBe(findings)
  })

  test.each<[string, Script, string]>([
    ['that cannot be read whole', {}, 'the fake host was not told of the digest /dev/nvme2n1'],
    [
      'of which it is not known what was written',
      {
        digests: { '/dev/nvme2n1': 'a hash' },
        files: { ...files, '/sys/class/block/nvme2n1/stat': undefined },
      },
      '/sys/class/block/nvme2n1/stat does not tell how much was written',
    ],
  ])('has none of a disk %s', async (_state, script, because) => {
    expect(await look({ ...base, ...ec2, commands: { ...base.commands, ...lvm }, ...script })).toMatchObject({
      verdict: { code: 'DISK_LVM_MEMBER' },
      findings: { is: 'unknown', because },
    })
  })

  test('does not claim a disk with something whole on it: somebody may be about to mount it', async () => {
    const { claimed: _, ...unclaimed } = base
    const script = {
      ...unclaimed,
      ...ec2,
      commands: { ...base.commands, ...lvm },
      digests: { '/dev/nvme2n1': 'a hash' },
    }
    expect(await look(script)).toMatchObject({ is: 'read', verdict: { code: 'DISK_LVM_MEMBER' } })
  })

  const onXfs = configuration({ dataVolume: { volumeId, fileSystem: 'xfs' } })
  const xfsDb = `xfs_db -r -c sb 0 -c print magicnum blocksize dblocks uuid inprogress fname logstart features_incompat /dev/nvme2n1`
  const xfsSuperblock = (blocks: number) =>
    `magicnum = 0x58465342\nblocksize = 4096\ndblocks = ${blocks}\nuuid = ${uuid}\ninprogress = 0\nfname = "\\000"\nlogstart = 131078\nfeatures_incompat = 0xb\n`

  test('asks the kernel how large a mounted XFS is: what is on the disk lags behind', async () => {
    const commands = {
      ...base.commands,
      [xfsDb]: xfsSuperblock(1_000),
      'xfs_growfs -n /mnt/shared': 'data     =                       bsize=4096   blocks=262144, imaxpct=25\n',
    }
    const mounts = `${rootMount}\n${dataMount.replace('ext4', 'xfs')}\n`
    const script = { ...base, commands, files: { ...files, '/proc/self/mountinfo': mounts } }
    expect(await look(script, onXfs)).toMatchObject({ is: 'mounted', superblock: { is: 'readable', uuid, sizeBytes } })
  })

  test('asks nothing of a mounted file system of another type than the configured one', async () => {
    const script = { ...base, files: { ...files, '/proc/self/mountinfo': `${rootMount}\n${dataMount}\n` } }
    expect(await look(script, onXfs)).toMatchObject({ is: 'mounted', superblock: { is: 'absent' } })
  })

  test('does not touch an XFS that somebody is making', async () => {
    const commands = {
      ...base.commands,
      'wipefs --no-act --json /dev/nvme2n1': JSON.stringify({ signatures: [{ offset: '0x0', type: 'xfs', uuid }] }),
      'blkid --probe --output export /dev/nvme2n1': `TYPE=xfs\nUUID=${uuid}\n`,
      [xfsDb]: xfsSuperblock(262_144).replace('inprogress = 0', 'inprogress = 1'),
    }
    const script = { ...base, ...ec2, commands, claimed: { '/dev/nvme2n1': true } }
    expect(await look(script, onXfs)).toMatchObject({ is: 'claimed' })
  })
})
