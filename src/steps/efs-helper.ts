import type { Config } from '../config/schema.ts'
import type { Action, ActionOutcome, Download, Obstacle } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import { wrongDigestIn } from '../formats/wrong-digest.ts'
import { installFile } from './apt.ts'
import { aptLockedBy } from './apt-locks.ts'
import { type Refusal, refusal } from './refusal.ts'

const name = 'amazon-efs-utils'
/** mount(8) looks for helpers of other types here alone. */
export const helperPath = '/sbin/mount.efs'
/** The package has 6 MB: its proxy is one program with all that it needs. */
const mostBytes = 64 * 1024 * 1024

/** What it depends on, to be installed with all else, so that nothing but its file is to be fetched. */
export const helperNeeds = ['python3', 'openssl', 'stunnel4']

type Package = NonNullable<Config['efs']['utilsPackage']>

/** How far the package of AWS's helper is, while the helper is missing. */
export interface HelperPackage {
  readonly installed: boolean
  /** The file is here, and the right one. */
  readonly fetched: boolean
  readonly lockedBy: string | undefined
}

export async function lookAtHelperPackage(wanted: Package, host: Host, signal: AbortSignal): Promise<HelperPackage> {
  const [states, digest, lockedBy] = await Promise.all([
    host.packages(signal),
    host.sha256(fileOf(wanted)),
    aptLockedBy(host),
  ])
  return { installed: states.get(name)?.installed === true, fetched: digest === wanted.sha256, lockedBy }
}

/** What must come first for AWS's helper to mount anything. */
export function decideHelper(
  { client, utilsPackage }: Config['efs'],
  seen: HelperPackage | undefined,
  past: readonly ActionOutcome[],
): Decision {
  if (utilsPackage === undefined || seen === undefined) return missing(client)
  if (seen.installed) {
    const hint = `install it again: apt-get install --reinstall ${name}, with the file that it came from`
    return refusal('EFS_HELPER_MISSING', `${name} is installed, but there is no ${helperPath}`, hint)
  }
  const failed = past.findLast(({ is, action }) => is === 'failed' && action.do === 'download')
  const error = failed?.is === 'failed' ? failed.error : undefined
  const found = error === undefined ? undefined : wrongDigestIn(error)
  if (found !== undefined) {
    const because = `${utilsPackage.url} gives a file with the SHA-256 ${found}, not ${utilsPackage.sha256}`
    return refusal('EFS_UTILS_DIFFERS', because, 'correct efs.utilsPackage, or put the right file there')
  }
  if (seen.lockedBy !== undefined) return { is: 'wait', code: 'APT_LOCKED', for: seen.lockedBy }
  const obstacle = error === undefined ? undefined : ({ code: 'EFS_UTILS_UNREACHABLE', for: error } as const)
  return { is: 'act', actions: toInstall(utilsPackage, seen.fetched, obstacle) }
}

function toInstall(wanted: Package, isFetched: boolean, obstacle: Obstacle | undefined): readonly Action[] {
  const path = fileOf(wanted)
  const fetch: Download = {
    do: 'download',
    ...wanted,
    path,
    mostBytes,
    because: `there is no ${helperPath}, and no archive has ${name}`,
    ...(obstacle && { obstacle }),
  }
  const remove = { do: 'remove', path, because: 'it is installed' } as const
  return [...(isFetched ? [] : [fetch]), installFile(path), remove]
}

function missing(client: Config['efs']['client']): Refusal {
  const install = `install ${name}, or set efs.utilsPackage`
  return client === 'auto'
    ? refusal('EFS_HELPER_MISSING', `efs.iam and efs.accessPoint need ${name}, but there is no ${helperPath}`, install)
    : refusal(
        'EFS_HELPER_MISSING',
        `efs.client is "${client}", but there is no ${helperPath}`,
        `${install}, or set efs.client to "auto" to mount through stunnel4`,
      )
}

/** By its digest, so that another package never finds the file of this one. */
function fileOf({ sha256 }: Package): string {
  return `/var/cache/slurm-node-agent/${name}-${sha256.slice(0, 12)}.deb`
}
