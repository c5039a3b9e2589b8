import type { Argv } from '../engine/action.ts'
import type { UnitProperties } from '../engine/host.ts'

/** The name of the unit for a path, as `systemd-escape --path --suffix=SUFFIX` makes it. */
export function pathUnit(path: string, suffix: 'mount' | 'automount'): string {
  return `${escapePath(path)}.${suffix}`
}

/** The name of the unit by which systemd checks the file system on a device before it mounts it. */
export function fsckUnit(device: string): string {
  return `systemd-fsck@${escapePath(device)}.service`
}

function escapePath(path: string): string {
  const escaped = path
    .replaceAll(/^\/+|\/+$/g, '')
    .replaceAll(/\/+/g, '/')
    .replaceAll(/^\.|[^A-Za-z0-9:_./]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll('/', '-')
  return escaped === '' ? '-' : escaped
}

/** All that the steps read of units: which of them are asked for hardly matters to the time that it takes. */
const properties = [
  'ActiveState',
  'ActiveEnterTimestampMonotonic',
  'ExecMainStartTimestamp',
  'FragmentPath',
  'LoadState',
  'NeedDaemonReload',
  'Result',
  'StateChangeTimestamp',
  'SubState',
  'UnitFileState',
  'Wants',
]

/** What asks systemd about units. */
export function systemctlShow(names: readonly string[]): Argv {
  return ['systemctl', 'show', '--timestamp=us+utc', `--property=${properties.join(',')}`, ...names]
}

/** What it printed, a unit after the other, in the order of the names. */
export function parseShow(stdout: string): readonly UnitProperties[] {
  if (stdout.trim() === '') return []
  return stdout
    .trim()
    .split(/\n\n+/)
    .map((unit) => Object.fromEntries(unit.split('\n').map(property)))
}

/**
 * The files that a unit is made of, by what `systemctl show` printed of FragmentPath, DropInPaths and EnvironmentFiles. The
 * last one is printed once for each file, as `/etc/default/slurmd (ignore_errors=yes)`.
 */
export function unitFiles(stdout: string): readonly string[] {
  const shown = stdout.matchAll(/^(?:FragmentPath|DropInPaths|EnvironmentFiles)=(.*)$/gm)
  return [...shown].flatMap(([, paths = '']) => paths.split(' ').filter((path) => path.startsWith('/')))
}

function property(line: string): readonly [string, string] {
  const equals = line.indexOf('=')
  return [line.slice(0, equals), line.slice(equals + 1)]
}

/** Milliseconds since the epoch of `Mon 2026-11-23 16:01:49.123456 UTC` (--timestamp=us+utc); undefined for `n/a` and none. */
export function parseTimestamp(timestamp: string): number | undefined {
  const match = /^\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC$/.exec(timestamp)
  return match === null ? undefined : Date.parse(`${match[1]}T${match[2]}Z`)
}
