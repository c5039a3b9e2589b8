import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mapOver, mappedDisk, type Segment } from '../mapped-disk.ts'
import { run } from '../run.ts'
import type { TestDisk } from '../test-disk.ts'
import type { DiskState, StateGroup } from './disk-state.ts'
import { by, inOrder, MiB } from './making.ts'
import { luks } from './members.ts'

const linear = (lengthBytes: number): Segment => ({ target: 'linear', lengthBytes })
const failing = (lengthBytes: number): Segment => ({ target: 'error', lengthBytes })

const mapped = (...segments: readonly Segment[]): Pick<DiskState, 'device' | 'needs'> => ({
  needs: 'device-mapper',
  device: (sizeMiB) => mappedDisk(sizeMiB, segments),
})

async function heldByMapping(disk: TestDisk) {
  const mapping = await mapOver(disk, [linear(disk.sizeBytes)])
  return mapping.remove
}

async function opened({ path, folder }: TestDisk) {
  const name = `slurm-node-agent-${randomBytes(6).toString('hex')}`
  await run('cryptsetup', 'open', '--key-file', join(folder, 'key'), path, name)
  return () => run('cryptsetup', 'close', name)
}

/** Neither devices of other tests are looked at, nor is a backup of the metadata written. */
async function logicalVolume({ path }: TestDisk) {
  const config = `devices{filter=["a|^${path}$|","r|.*|"] use_devicesfile=0} backup{backup=0 archive=0}`
  const group = `slurm-node-agent-${randomBytes(6).toString('hex')}`
  await run('vgcreate', '--config', config, group, path)
  await run(
    'lvcreate',
    '--config',
    config,
    '--extents',
    '100%FREE',
    '--name',
    'data',
    '--zero',
    'n',
    '--wipesignatures',
    'n',
    group,
  )
  return () => run('vgchange', '--config', config, '--activate', 'n', group)
}

async function runningArray({ path }: TestDisk) {
  const array = `/dev/md/slurm-node-agent-${randomBytes(6).toString('hex')}`
  await run('mdadm', '--create', array, '--run', '--level=1', '--raid-devices=2', '--metadata=1.2', path, 'missing')
  return () => run('mdadm', '--stop', array)
}

/** The kernel is told of it as udev's rule does. */
async function registered({ path, name }: TestDisk) {
  await writeFile('/sys/fs/bcache/register', path)
  return async () => await writeFile(`/sys/block/${name}/bcache/stop`, '1')
}

/** Disks that need more of the kernel than loop devices. */
export const mappedDisks: StateGroup = {
  title: 'mapped by device-mapper, md or bcache',
  states: [
    { before: 'blank, a device of device-mapper', variantOf: 'blank', ...mapped(linear(64 * MiB)), expected: 'format' },
    {
      before: 'blank, held by device-mapper',
      needs: 'device-mapper',
      prepare: heldByMapping,
      expected: 'DISK_IN_USE',
    },
    {
      before: 'a LUKS container that is open',
      needs: 'device-mapper',
      prepare: inOrder(luks('luks2'), opened),
      expected: 'DISK_IN_USE',
    },
    {
      before: 'an LVM physical volume with an active logical volume',
      needs: 'device-mapper',
      prepare: logicalVolume,
      expected: 'DISK_IN_USE',
    },
    { before: 'a member of a RAID array that runs', needs: 'md', prepare: runningArray, expected: 'DISK_IN_USE' },
    {
      before: 'a backing device of bcache that is registered',
      needs: 'bcache',
      prepare: inOrder(by('make-bcache', '-B'), registered),
      expected: 'DISK_IN_USE',
    },
    {
      before: 'blank, but its first MiB cannot be read',
      ...mapped(failing(MiB), linear(63 * MiB)),
      expected: 'OBSERVATION_FAILED',
    },
    {
      before: 'blank, but one block in the middle cannot be read',
      ...mapped(linear(24 * MiB), failing(16 * 1024), linear(40 * MiB - 16 * 1024)),
      expected: 'OBSERVATION_FAILED',
    },
    {
      before: 'blank, but its last block cannot be read',
      ...mapped(linear(64 * MiB - 4_096), failing(4_096)),
      expected: 'OBSERVATION_FAILED',
    },
  ],
}
