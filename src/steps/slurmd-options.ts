import type { Host } from '../engine/host.ts'
import { unitFiles } from '../formats/systemd.ts'
import { type Refusal, refusal } from './refusal.ts'

/** As a unit, a drop-in, or a file of the environment sets it. */
const assignment = /^[ \t]*(?:Environment[ \t]*=(?:.*[\s"'])?|["'])?SLURMD_OPTIONS=/m

/** What keeps the options of a drop-in from slurmd, or would lose its own by it. */
export type OptionsTaken = { readonly by: 'file'; readonly path: string } | { readonly by: 'ExecStart' }

/**
 * Looks for it in all that systemd has read for the unit: what sorts before the drop-in would be replaced without a word,
 * what sorts behind it counts more, and a file of the environment more than all drop-ins.
 */
export async function optionsTaken(
  unit: string,
  dropIn: string,
  host: Host,
  signal: AbortSignal,
): Promise<OptionsTaken | undefined> {
  const properties = '--property=FragmentPath,DropInPaths,EnvironmentFiles,ExecStart'
  const { stdout } = await host.exec(['systemctl', 'show', properties, unit], { signal })
  for (const path of unitFiles(stdout)) {
    if (path !== dropIn && assignment.test((await host.read(path)) ?? '')) return { by: 'file', path }
  }
  return /^ExecStart=(?!.*\$\{?SLURMD_OPTIONS\b)/m.test(stdout) ? { by: 'ExecStart' } : undefined
}

export function refuseFor(taken: OptionsTaken): Refusal {
  const purpose = 'by which slurmd is to be told where it fetches slurm.conf'
  if (taken.by === 'ExecStart') {
    return refusal(
      'SLURMD_OPTIONS_TAKEN',
      `ExecStart of slurmd.service has no $SLURMD_OPTIONS, ${purpose}`,
      'put $SLURMD_OPTIONS there (systemctl cat slurmd shows where), or set slurm.configless to false',
    )
  }
  return refusal(
    'SLURMD_OPTIONS_TAKEN',
    `${taken.path} sets SLURMD_OPTIONS, ${purpose}`,
    `take SLURMD_OPTIONS out of ${taken.path}, or set slurm.configless to false`,
  )
}
