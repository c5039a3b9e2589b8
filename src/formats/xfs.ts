import type { Argv } from '../engine/action.ts'
import type { Executed } from '../engine/host.ts'
import type { Superblock } from './superblock.ts'

const fields = ['magicnum', 'blocksize', 'dblocks', 'uuid', 'inprogress', 'fname', 'logstart', 'features_incompat']

/** Prints fields of the superblock, as they are on the device. */
export function xfsDbArgv(device: string): Argv {
  return ['xfs_db', '-r', '-c', 'sb 0', '-c', `print ${fields.join(' ')}`, device]
}

/** 1: there is no superblock, it is no good, or it could not be read. */
export const xfsDbExitCodes = [0, 1] as const

const needsRepair = 0x10 // XFS_SB_FEAT_INCOMPAT_NEEDSREPAIR

/** A log to be replayed is normal, and not even looked at. Throws where it is not the superblock that is the trouble. */
export function parseXfsDb({ exitCode, stdout, stderr }: Executed): Superblock {
  if (/unexpected SB magic number/.test(stderr)) return { is: 'absent' }
  const trouble = `xfs_db ended with ${exitCode}: ${stderr.trim().split('\n').at(0) ?? ''}`
  if (/Input\/output error|cannot open|No such file/.test(stderr)) throw new Error(trouble)
  const values = new Map([...stdout.matchAll(/^(\w+) = (.*)$/gm)].map(([, name, value]) => [name, value]))
  const uuid = uuidIn(values.get('uuid'))
  const wrong = /^(Metadata (?:CRC error|corruption)) detected at .*xfs_sb block 0x0\//m.exec(stderr)?.[1]
  const blockBytes = Number(values.get('blocksize'))
  const sizeBytes = blockBytes * Number(values.get('dblocks'))
  if (wrong !== undefined || exitCode !== 0 || Number.isNaN(sizeBytes)) {
    return { is: 'unreadable', uuid, because: wrong ?? trouble }
  }
  if (values.get('inprogress') !== '0') return { is: 'unfinished', uuid }
  return {
    is: 'readable',
    uuid,
    label: labelIn(values.get('fname')),
    hasErrors: (Number(values.get('features_incompat')) & needsRepair) !== 0,
    sizeBytes,
    blockBytes,
    unknownFeatures: [...stderr.matchAll(unknownFeatures)].map(([, features]) => features ?? ''),
    isMarkedReadOnly: false,
    externalJournal: values.get('logstart') === '0' ? 'which it does not name' : undefined,
  }
}

/** Of xfs_db itself, which is as new as the mkfs.xfs of this machine. */
const unknownFeatures = /^Superblock has unknown ((?:incompatible|read-only compatible) features \(0x[0-9a-f]+\))/gm

function uuidIn(value: string | undefined): string | undefined {
  return value === undefined || /^[0-]+$/.test(value) ? undefined : value
}

/** Twelve bytes in quotes, as C writes them. */
function labelIn(value = '""'): string | undefined {
  const text = value
    .slice(1, -1)
    .replace(/(?:\\000)+$/, '')
    .replace(/\\(["\\])/g, '$1')
  return text === '' ? undefined : text
}

/**
 * Prints the geometry of a mounted XFS and changes nothing. The kernel tells it: the superblock on the device lags
 * behind a growth for as long as that is in the log alone.
 */
export function xfsGeometryArgv(mountPoint: string): Argv {
  return ['xfs_growfs', '-n', mountPoint]
}

/** The size of the data section, in bytes. Throws on anything else than a geometry. */
export function parseXfsGeometry(stdout: string): number {
  const found = /^data\s+=\s+bsize=(\d+)\s+blocks=(\d+),/m.exec(stdout)
  if (found === null) throw new Error(`xfs_growfs -n printed no data section: ${stdout.split('\n').at(0)}`)
  return Number(found[1]) * Number(found[2])
}
