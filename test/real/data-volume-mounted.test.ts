import { mkdir, readFile, statfs, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { formatDisk } from '../../agent/host/format.ts'
import { perform } from '../../agent/host/perform.ts'
import { signal } from '../fake-host.ts'
import { asEbs } from './as-ebs.ts'
import { decideOn, forgetRecords, formatOf, inShort } from './data-volume-run.ts'
import { leftOut } from './left-out.ts'
import { loopDisk, whyNoLoopDisks } from './loop-disk.ts'
import { run } from './run.ts'

const reason = await whyNoLoopDisks()
const isLeftOut = leftOut('mounts of real disks are skipped', reason)

afterEach(forgetRecords)

/** CAP_SYS_RESOURCE: root in a container may lack it. */
async function mayUseResources(): Promise<boolean> {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? []
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n
}

describe.skipIf(isLeftOut)('the data volume', () => {
  test('is converged once it is mounted and listed, and refused when it is mounted read-only or hidden by another mount', async () => {
    await using disk = await loopDisk(64)
    const target = join(disk.folder, 'shared')
    await mkdir(target)
    await formatDisk(formatOf(await decideOn(asEbs([disk]))), signal, asEbs([disk]))
    await forgetRecords()
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
      expect(inShort(await decideOn(asEbs([disk], listed), { mountPoint: target }))).toBe('DATA_VOLUME_OTHER_MOUNT')
      await run('umount', target)
    } finally {
      await run('umount', target)
    }
  })

  test.for(['ext4', 'xfs'] as const)(
    'of the type %s is grown while it is mounted, and is as large as the disk then',
    async (fileSystem, context) => {
      if (fileSystem === 'ext4' && !(await mayUseResources())) {
        return context.skip('an ext4 is grown with CAP_SYS_RESOURCE alone; the lab shows it (reboot)')
      }
      await using disk = await loopDisk(512)
      const target = join(disk.folder, 'shared')
      await mkdir(target)
      const wanted = { mountPoint: target, fileSystem }
      await formatDisk(formatOf(await decideOn(asEbs([disk]), wanted)), signal, asEbs([disk]))
      await forgetRecords()
      const first = await decideOn(asEbs([disk]), wanted)
      const fstab = first.is === 'act' ? first.actions.find((action) => action.do === 'write')?.content : undefined
      const listed = asEbs([disk], fstab === undefined ? {} : { fstab })
      await run('mount', '-t', fileSystem, disk.path, target)
      try {
        await writeFile(join(target, 'file'), 'kept')
        expect(await decideOn(listed, wanted)).toMatchObject({ is: 'converged' })
        await truncate(disk.image, 1024 ** 3)
        await run('losetup', '--set-capacity', disk.path)
        const decision = await decideOn(listed, wanted)
        const [grow, ...others] = decision.is === 'act' ? decision.actions : []
        if (grow === undefined || others.length > 0) throw new Error(JSON.stringify(decision))
        expect(await perform(grow, signal)).toMatchObject({ is: 'done' })
        expect(await decideOn(listed, wanted)).toMatchObject({ is: 'converged', because: expect.any(String) })
        const { blocks, bsize } = await statfs(target)
        expect(blocks * bsize).toBeGreaterThan(900 * 1024 ** 2)
        expect(await readFile(join(target, 'file'), 'utf8')).toBe('kept')
      } finally {
        await run('umount', target)
      }
    },
  )

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
