import { readdir, readFile, readlink } from 'node:fs/promises'
import { absentAs } from './replace-file.ts'

/** Of the flags of an open file, in octal (proc_pid_fdinfo(5)): O_WRONLY and O_RDWR. */
const writing = 0o3

/** One that copies to a disk, as dd does, asks neither for a lock nor for a claim: it is seen by its open file alone. */
export async function deviceWriter(devices: readonly string[]): Promise<string | undefined> {
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  for (const pid of others) {
    // One that has ended meanwhile has nothing open, and one that root may not look into is no copy to a disk.
    const program = await programWriting(pid, devices).catch(() => undefined)
    if (program !== undefined) return `${program} (pid ${pid})`
  }
  return undefined
}

async function programWriting(pid: string, devices: readonly string[]): Promise<string | undefined> {
  for (const file of await readdir(`/proc/${pid}/fd`)) {
    const path = await readlink(`/proc/${pid}/fd/${file}`).catch(absentAs('')) // closed meanwhile
    if (!devices.includes(path)) continue
    const info = await readFile(`/proc/${pid}/fdinfo/${file}`, 'utf8').catch(absentAs(''))
    const [, flags = '0'] = /^flags:\s*([0-7]+)$/m.exec(info) ?? []
    if ((Number.parseInt(flags, 8) & writing) !== 0) return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
  }
  return undefined
}
