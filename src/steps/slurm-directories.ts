import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Mkdir } from '../engine/action.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { ownLines } from '../formats/own-lines.ts'
import { stateIn } from '../formats/slurm-conf.ts'
import { type ListedMount, listedMount } from './listed-mount.ts'
import { guardOf } from './mount-guard.ts'
import { type Opening, openingTo } from './opening.ts'
import { type Refusal, refusal } from './refusal.ts'
import { shareOf } from './share.ts'
import { slurmctldUnit } from './slurmctld.ts'

const logDirectory = '/var/log/slurm'

export interface SlurmDirectories {
  readonly state: FileStat | undefined
  /** The disk that the state is on; undefined for the root disk. */
  readonly stateDisk: ListedMount | undefined
  /** What is in the state directory; looked at where it is not slurm's alone. */
  readonly stateHolds: readonly string[]
  readonly stateOpening: Opening | undefined
  readonly log: FileStat | undefined
  readonly share: FileStat | undefined
}

export async function slurmDirectories(
  config: FrontendConfig,
  host: Host,
  signal: AbortSignal,
): Promise<SlurmDirectories> {
  const { stateSaveLocation } = config.slurm
  const stateDisk = await listedMount(stateSaveLocation, slurmctldUnit, host, signal)
  const [state, stateOpening, log, share] = await Promise.all([
    host.stat(stateSaveLocation),
    openingTo(stateSaveLocation, 'slurm', config, host),
    host.stat(logDirectory),
    host.stat(shareOf(config).directory),
  ])
  const isForeign = state?.kind === 'directory' && !isSlurms(state)
  const stateHolds = isForeign ? await host.list(stateSaveLocation) : []
  return { state, stateDisk, stateHolds, stateOpening, log, share }
}

/** Why a person must decide: what is there is not ours to change, or is gone. `conf`: slurm.conf as it is here. */
export function directoryTrouble(
  config: FrontendConfig,
  seen: SlurmDirectories,
  conf: string | undefined,
): Refusal | undefined {
  const { stateSaveLocation: path } = config.slurm
  const { state, stateHolds, stateOpening } = seen
  const misplaced =
    noDirectory(path, state) ??
    noDirectory(logDirectory, seen.log) ??
    noDirectory(shareOf(config).directory, seen.share)
  if (misplaced !== undefined) return misplaced
  if (stateOpening !== undefined) {
    const because = `${stateOpening.because}: others than slurm could choose the scheduler's state, ${path}`
    return refusal('SLURM_DIRECTORY_TAKEN', because, stateOpening.hint)
  }
  if (state === undefined && conf !== undefined && ownLines(conf) !== undefined && stateIn(conf) === path) {
    return refusal(
      'SLURM_STATE_GONE',
      `${path} is not there, and slurm.conf of an earlier run names it: its jobs are in it`,
      `mount its disk or put it back; to begin without jobs, install --directory --owner=slurm --group=slurm --mode=0700 ${path}`,
    )
  }
  if (stateHolds.length === 0) return undefined
  const first = JSON.stringify(stateHolds[0]) // quoted: anybody may have named it
  return refusal(
    'SLURM_DIRECTORY_TAKEN',
    `${path} belongs to ${state?.owner} and is not empty: it holds ${first}${stateHolds.length > 1 ? ` and ${stateHolds.length - 1} more` : ''}`,
    `choose another slurm.stateSaveLocation, or, if slurmctld's state is in it, run chown --recursive slurm:slurm ${path}`,
  )
}

/** Those that are slurm's, made or given to it where they are not. */
export function giveToSlurm(
  config: FrontendConfig,
  { state, stateDisk, log }: SlurmDirectories,
): readonly (Mkdir | false)[] {
  const { stateSaveLocation } = config.slurm
  const guard = guardOf(stateSaveLocation, config, stateDisk)
  return [given(stateSaveLocation, 0o700, state, guard), given(logDirectory, 0o755, log, {})]
}

function given(
  path: string,
  mode: number,
  found: FileStat | undefined,
  guard: Pick<Mkdir, 'whileMounted'>,
): Mkdir | false {
  if (found?.owner === 'slurm:slurm') return false
  return {
    do: 'mkdir',
    path,
    mode,
    owner: { user: 'slurm', group: 'slurm' },
    ...guard,
    because: found === undefined ? 'it is not there' : `it belongs to ${found.owner}`,
  }
}

/** A symbolic link would have somebody else's directory given away. */
function noDirectory(path: string, found: FileStat | undefined): Refusal | undefined {
  if (found === undefined || found.kind === 'directory') return undefined
  const what = found.target === undefined ? `is a ${found.kind}` : `is a symbolic link to ${found.target}`
  return refusal(
    'SLURM_DIRECTORY_TAKEN',
    `${path} ${what}, no directory`,
    `move ${path} away, or put a directory there`,
  )
}

function isSlurms({ owner }: FileStat): boolean {
  return owner.startsWith('slurm:')
}
