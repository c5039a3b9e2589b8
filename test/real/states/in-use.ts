import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { flock } from '../../../agent/host/flock.ts'
import { signal } from '../../fake-host.ts'
import { heldOpen } from '../../held-open.ts'
import { otherNode } from '../other-node.ts'
import { run } from '../run.ts'
import type { TestDisk } from '../test-disk.ts'
import type { StateGroup } from './disk-state.ts'
import { ext4, inOrder, type Making } from './making.ts'

/** Read-only and without replaying the journal: else the kernel goes on making the file system. */
const readOnly = ['--options', 'ro,noload'] as const

async function mounted({ path, folder }: TestDisk) {
  const target = join(folder, 'elsewhere')
  await mkdir(target)
  await run('mount', ...readOnly, path, target)
  return () => run('umount', target)
}

/** Mounted somewhere else, too, by the directory that it was mounted on first, which is gone. */
async function bound({ path, folder }: TestDisk) {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  await mkdir(first)
  await mkdir(second)
  await run('mount', ...readOnly, path, first)
  await run('mount', '--bind', join(first, 'lost+found'), second)
  await run('umount', first)
  return () => run('umount', second)
}

async function swapInUse({ path }: TestDisk) {
  await run('mkswap', '-q', path)
  await run('swapon', path)
  return () => run('swapoff', path)
}

export const withLoopOver =
  (...options: readonly string[]): Making =>
  async ({ path }) => {
    const loop = (await run('losetup', '--find', '--show', ...options, path)).trim()
    return () => run('losetup', '--detach', loop)
  }

async function claimed({ path }: TestDisk) {
  const handle = await open(path, constants.O_RDONLY | constants.O_EXCL)
  return () => handle.close()
}

async function locked({ path }: TestDisk) {
  const handle = await open(path, 'r')
  await flock(handle, ['--exclusive', '--nonblock'], signal)
  return () => handle.close()
}

export async function openForWriting({ path }: TestDisk) {
  const writer = await heldOpen(path, 'r+')
  return () => writer[Symbol.asyncDispose]()
}

async function openByOtherName(disk: TestDisk) {
  const node = await otherNode(disk)
  const writer = await heldOpen(node.path, 'r+')
  return async () => {
    await writer[Symbol.asyncDispose]()
    await node[Symbol.asyncDispose]()
  }
}

export const inUse: StateGroup = {
  title: 'in use',
  states: [
    { before: 'ext4, mounted elsewhere', prepare: inOrder(ext4(), mounted), expected: 'DISK_IN_USE' },
    {
      before: 'ext4, of which a directory is mounted elsewhere',
      prepare: inOrder(ext4(), bound),
      expected: 'DISK_IN_USE',
    },
    { before: 'swap in use', prepare: swapInUse, expected: 'DISK_IN_USE' },
    { before: 'ext4, with a loop device over it', prepare: inOrder(ext4(), withLoopOver()), expected: 'DISK_IN_USE' },
    {
      before: 'blank, with a loop device over a part of it',
      variantOf: 'ext4, with a loop device over it',
      prepare: withLoopOver('--offset', '1048576'),
      expected: 'DISK_IN_USE',
    },
    { before: 'blank, but opened exclusively by another process', prepare: claimed, expected: 'DEVICE_BUSY' },
    { before: 'blank, but locked by another process', prepare: locked, expected: 'DEVICE_BUSY' },
    {
      before: 'ext4, but open for writing in another process',
      prepare: inOrder(ext4(), openForWriting),
      expected: 'DEVICE_BUSY',
    },
    {
      before: 'blank, but open for writing in another process',
      variantOf: 'ext4, but open for writing in another process',
      prepare: openForWriting,
      expected: 'DEVICE_BUSY',
    },
    {
      before: 'blank, but open for writing in another process by another name',
      prepare: openByOtherName,
      expected: 'DEVICE_BUSY',
    },
  ],
}
