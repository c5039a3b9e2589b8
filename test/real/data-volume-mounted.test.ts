import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { formatDisk } from '../../agent/host/format.ts'
import { signal } from '../fake-host.ts'
import { asEbs } from './as-ebs.ts'
import { decideOn, forgetIntent, formatOf, inShort } from './data-volume-run.ts'
import { loopDisk, whyNoLoopDisks } from './loop-disk.ts'
import { run } from './run.ts'

const reason = await whyNoLoopDisks()
if (reason !== undefined) process.stderr.write(`mounts of real disks are skipped: ${reason}\n`)

afterEach(forgetIntent)

describe.skipIf(reason !== undefined)('the data volume', () => {
  test('is converged once it is mounted and listed, and refused when it is mounted read-only or hidden by another mount', async () => {
    await using disk = await loopDisk(64)
    const target = join(disk.folder, 'shared')
    await mkdir(target)
    await formatDisk(formatOf(await decideOn(asEbs([disk]))), signal, asEbs([disk]))
    await forgetIntent()
    const first = await decideOn(asEbs([disk]), { mountPoint: target })
    const fstab = first.is === 'act' ? first.actions.find((action) => action.do === 'write')?.content : undefined
    const listed = fstab === undefined ? {} : { fstab }

    // In the place of the mount unit: systemd need not be here.
    await run('mount', disk.path, target)
    try {
      expect(await decideOn(asEbs([disk], listed), { mountPoint: target })).toMatchObject({ is: 'converged' })
      expect(inShort(await decideOn(asEbs([disk]), { mountPoint: target }))).toBe('mount')
      expect(inShort(await decideOn(asEbs([disk]), { mountPoint: '/mnt/elsewhere' }))).toBe('DISK_IN_USE')
      await run('mount', '-o', 'remount,ro', target)
      expect(inShort(await decideOn(asEbs([disk], listed), { mountPoint: target }))).toBe('DATA_VOLUME_READ_ONLY')
      await run('mount', '-t', 'tmpfs', 'none', target)
      expect(inShort(await decideOn(asEbs([disk], listed), { mountPoint: target }))).toMatch(/^D/)
      await run('umount', target)
    } finally {
      await run('umount', target)
    }
  })

  test('is refused when two disks have its serial', async () => {
    await using one = await loopDisk(64)
    await using other = await loopDisk(64)
    expect(inShort(await decideOn(asEbs([one, other])))).toBe('DISK_AMBIGUOUS')
  })

  test('is refused when its serial is that of the disk with the root file system', async (context) => {
    const source = (await run('findmnt', '--noheadings', '--output', 'SOURCE', '/')).trim()
    const name = (await run('lsblk', '--noheadings', '--nodeps', '--output', 'PKNAME,KNAME', source))
      .trim()
      .split(/\s+/)[0]
    if (name === undefined) return context.skip('the root file system is on no disk')
    expect(inShort(await decideOn(asEbs([{ name }])))).toBe('DISK_IS_ROOT')
  })
})
