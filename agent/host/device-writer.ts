import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { parseFdinfo } from '../../src/formats/fdinfo.ts'
import { mountTypes } from '../../src/formats/mountinfo.ts'
import { deviceNumber } from './device-number.ts'
import { absentAs } from './replace-file.ts'

/**
 * One that copies to a disk, as dd does, asks neither for a lock nor for a claim: it is seen by its open file alone. The
 * device's number tells; its name can be any, in a container or by mknod. Not seen is a node on a file system of another
 * kind than `local`, and who has the device only mapped.
 */
export async function deviceWriter(devices: readonly string[]): Promise<string | undefined> {
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  const own = await mountTypesOf('self')
  for (const pid of others) {
    // One that has ended meanwhile has nothing open, and one that root may not look into is no copy to a disk.
    const program = await programWriting(pid, devices, own).catch(() => undefined)
    if (program !== undefined) return `${program} (pid ${pid})`
  }
  return undefined
}

/** `own`: what a process has open may be of a mount that this one sees, and not it. */
async function programWriting(
  pid: string,
  devices: readonly string[],
  own: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const files = await readdir(`/proc/${pid}/fd`)
  if (files.length === 0) return undefined
  const types = new Map([...own, ...(await mountTypesOf(pid))])
  for (const file of files) {
    const device = await deviceWritten(pid, file, types)
    if (device !== undefined && devices.includes(device)) return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
  }
  return undefined
}

async function mountTypesOf(pid: string): Promise<ReadonlyMap<string, string>> {
  return mountTypes(await readFile(`/proc/${pid}/mountinfo`, 'utf8'))
}

/** Those where nodes of devices are: none waits for another machine or program, as stat does on an NFS that hangs. */
const local = ['devtmpfs', 'tmpfs', 'overlay', 'ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'zfs']

/** The number of the block device that this file of the process is, if it may be written to. */
async function deviceWritten(
  pid: string,
  file: string,
  types: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const link = `/proc/${pid}/fd/${file}`
  const path = await readlink(link).catch(absentAs('')) // closed meanwhile
  if (!path.startsWith('/')) return undefined // a socket or the like
  const { isForWriting, mountId } = parseFdinfo(
    await readFile(`/proc/${pid}/fdinfo/${file}`, 'utf8').catch(absentAs('')),
  )
  if (!isForWriting) return undefined
  const type = types.get(mountId)
  if (type === undefined ? !path.startsWith('/dev/') : !local.includes(type)) return undefined
  const stats = await stat(link, { bigint: true }).catch(() => undefined) // closed meanwhile, or of a broken file system
  if (!stats?.isBlockDevice()) return undefined
  const { major, minor } = deviceNumber(stats.rdev)
  return `${major}:${minor}`
}
