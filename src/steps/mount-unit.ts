import type { Exec } from '../engine/action.ts'
import type { WaitCode } from '../engine/codes.ts'
import type { Host } from '../engine/host.ts'
import { fsckUnit, pathUnit } from '../formats/systemd.ts'
import { lastWords } from './service.ts'

/** Where systemd puts the units that it makes from /etc/fstab. */
const generated = '/run/systemd/generator/'

/**
 * Where systemd looks for a unit before that, by systemd.unit(5): what is there outranks the entry. Not where transient
 * units are, which go with their mount.
 */
const before = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/run/systemd/system',
]

/** True for a file of a mount unit that is not made from /etc/fstab, by which the unit would mount what it says. */
export function outranksFstab(file: string): boolean {
  return file !== '' && !file.startsWith(generated)
}

/**
 * The file of a unit, or its mask, that takes the place of what /etc/fstab says of the mount point. Looked for where it
 * would be: systemd may not have read it yet, and does before the mount; nor does this take a child.
 */
export async function fileBeforeFstab(mountPoint: string, host: Host): Promise<string | undefined> {
  const paths = before.map((directory) => `${directory}/${pathUnit(mountPoint, 'mount')}`)
  const found = await Promise.all(paths.map((path) => host.stat(path)))
  return paths.find((_, index) => found[index] !== undefined)
}

/** Mounts by the unit. `words`, where the last try failed: what is waited for under the code if this one fails, too. */
export function startMount(unit: string, because: string, words: string, code: WaitCode): Exec {
  const start = { do: 'exec', argv: ['systemctl', 'start', unit] } as const
  if (words === '') return { ...start, because }
  const obstacle = { code, for: `${unit} fails; it said: ${words}` }
  return { ...start, because: `${because}; the last try said: ${words}`, obstacle }
}

/**
 * Why nothing was mounted there when that was tried last in this boot; empty where it was not. `device`: the one that is
 * checked before. Of a check or a mount that ended well there are words, too.
 */
export async function mountFailureWords(
  mountPoint: string,
  device: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<string> {
  const units = [pathUnit(mountPoint, 'mount'), ...(device === undefined ? [] : [fsckUnit(device)])]
  // 0: at least one has failed; 1, 3 or 4: none, by the version of systemd.
  const { exitCode, stdout } = await host.exec(['systemctl', 'is-failed', ...units], { signal, ok: [0, 1, 3, 4] })
  if (exitCode !== 0) return ''
  const states = stdout.split('\n')
  const failed = units.filter((_, index) => states[index] === 'failed')
  return await lastWords(failed, ['mount', 'systemd-fsck'], host, signal)
}
