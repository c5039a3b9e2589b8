import type { Executed } from '../engine/host.ts'

/** What `blkid --probe` concludes of a device. */
export type Probe =
  | { readonly is: 'nothing' }
  /** More than one signature, and no way to tell which of them holds. */
  | { readonly is: 'ambivalent' }
  | {
      readonly is: 'found'
      readonly type: string | undefined
      readonly partitionTable: string | undefined
    }

/**
 * Exit codes of `blkid --probe`: 0 found, 8 ambivalent, 2 nothing found. 2 is also its answer for a device that is
 * missing or cannot be read, so it counts only beside a wipefs that could read the device.
 */
export const blkidExitCodes = [0, 2, 8] as const

/** The output of `blkid --probe --output export DEVICE`. */
export function parseBlkid({ exitCode, stdout }: Pick<Executed, 'exitCode' | 'stdout'>): Probe {
  if (exitCode === 8) return { is: 'ambivalent' }
  const values = new Map(stdout.split('\n').map(pair))
  if (saysOnlyWhere([...values.keys()])) return { is: 'nothing' }
  const found = { type: values.get('TYPE'), partitionTable: values.get('PTTYPE') }
  if (exitCode === 2 && found.type === undefined) return { is: 'nothing' }
  return { is: 'found', ...found }
}

/** Of a partition on which nothing is, with exit code 0: what its entry in the table says. */
function saysOnlyWhere(names: readonly string[]): boolean {
  const others = names.filter((name) => name !== 'DEVNAME' && name !== '')
  return others.length > 0 && others.every((name) => name.startsWith('PART_ENTRY_'))
}

function pair(line: string): readonly [string, string] {
  const equals = line.indexOf('=')
  return [line.slice(0, equals), line.slice(equals + 1)]
}
