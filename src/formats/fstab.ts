import { normalize } from 'node:path'
import { unescapeOctal } from './octal-escapes.ts'

export interface FstabEntry {
  readonly source: string
  readonly target: string
  readonly type: string
  readonly options: readonly string[]
  /** fsck order: 0 never, 2 after the root file system. */
  readonly pass: number
}

/** Marks an entry as the agent's: mount(8) and the kernel ignore options that begin with `x-`. */
const owned = 'x-slurm-node-agent'

/**
 * The fstab in which `entry` stands once, in place of the agent's earlier ones for the same target or of the same
 * source: a mount point that was changed leaves no entry behind. All else is kept.
 */
export function withEntry(fstab: string, entry: FstabEntry): string {
  const line = printEntry(entry)
  const lines = fstab.split('\n')
  const isOurs = (candidate: string) => {
    const own = parseOwn(candidate)
    return own !== undefined && (own.target === entry.target || own.source === entry.source)
  }
  const at = lines.findIndex(isOurs)
  if (at >= 0) return lines.flatMap((old, index) => replacement(old, index)).join('\n')
  while (lines.at(-1) === '') lines.pop()
  return [...lines, line, ''].join('\n')

  function replacement(old: string, index: number): readonly string[] {
    if (index === at) return [line]
    return isOurs(old) ? [] : [old]
  }
}

/** Entries of others that name the same target, or one of the sources. */
export function rivalsOf(fstab: string, target: string, sources: readonly string[]): readonly FstabEntry[] {
  return foreignEntries(fstab).filter((entry) => entry.target === target || sources.includes(entry.source))
}

/** Entries of others. */
export function foreignEntries(fstab: string): readonly FstabEntry[] {
  return entriesOf(fstab).filter(({ options }) => !options.includes(owned))
}

/** The entry whose target holds the path, the deepest; undefined where that is the root file system alone. */
export function entryAbove(fstab: string, path: string): FstabEntry | undefined {
  return entriesOf(fstab)
    .filter(({ target }) => target !== '/' && `${path}/`.startsWith(`${target}/`))
    .toSorted((one, other) => other.target.length - one.target.length)[0]
}

/** Where udev shows the device that is meant; undefined for no device, and for a name that is not surely known. */
export function deviceOf({ source }: FstabEntry): string | undefined {
  if (source.startsWith('/dev/')) return source
  // udev escapes all other characters in its links.
  const [, tag = '', name] = /^(UUID|LABEL|PARTUUID|PARTLABEL)=([\w#+.:=@-]+)$/.exec(source) ?? []
  return name === undefined ? undefined : `/dev/disk/by-${tag.toLowerCase()}/${name}`
}

/** The agent's entry for the target. */
export function ownEntry(fstab: string, target: string): FstabEntry | undefined {
  return ownEntries(fstab).find((entry) => entry.target === target)
}

export function ownEntries(fstab: string): readonly FstabEntry[] {
  return entriesOf(fstab).filter(({ options }) => options.includes(owned))
}

function entriesOf(fstab: string): readonly FstabEntry[] {
  return fstab
    .split('\n')
    .map(parseLine)
    .filter((entry) => entry !== undefined)
}

function parseOwn(line: string): FstabEntry | undefined {
  const entry = parseLine(line)
  return entry?.options.includes(owned) === true ? entry : undefined
}

function printEntry({ source, target, type, options, pass }: FstabEntry): string {
  return `${source} ${target} ${type} ${[...options, owned].join(',')} 0 ${pass}`
}

function parseLine(line: string): FstabEntry | undefined {
  const fields = line.trim().split(/\s+/)
  const [source, target, type, options = 'defaults', , pass = '0'] = fields
  if (source === undefined || source.startsWith('#') || target === undefined || type === undefined) return undefined
  return {
    source: unescapeOctal(source).replaceAll('"', ''), // UUID="…" is UUID=…
    target: normalize(unescapeOctal(target)).replace(/(?<=.)\/$/, ''),
    type,
    options: options.split(','),
    pass: Number(pass),
  }
}
