import type { Config } from '../config/schema.ts'
import type { ActionOutcome } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import type { Step, UnitRule } from '../engine/step.ts'
import { parseBootTime } from '../formats/proc-stat.ts'
import {
  dropFetchedBefore,
  failedForPackages,
  fetchedBefore,
  fetchTries,
  finalReasons,
  finishInterrupted,
  install,
  installations,
  isToRetry,
  mayPass,
  outcomesOf,
  updateLists,
} from './apt.ts'
import { aptLockedBy } from './apt-locks.ts'
import { type Missing, missingRules, toPut } from './holds.ts'
import { cutOffUnpacking, isUnfinished } from './installed.ts'

/** After so many failed updates the lists are taken as they are. */
const updateTries = { whileItMayPass: fetchTries, else: 3 }

interface Seen {
  /** In need of an installation: what is not there, and what is half unpacked. */
  readonly missing: readonly string[]
  /** Those, of anybody, in whose unpacking a dpkg was cut off; not known while another is at work, which has some. */
  readonly halfUnpacked: readonly string[]
  /** A dpkg was cut off, or is at work, and something is left for `dpkg --configure --pending`. */
  readonly unfinished: boolean
  /** Who holds which lock; looked at where there is work for apt. */
  readonly lockedBy: string | undefined
  /** What is not there yet to keep units of the packages from starting too early; looked at before they come. */
  readonly missingRules: readonly Missing[]
  /** When this boot began, in seconds since the epoch, while apt has files that it fetched before. */
  readonly oldFilesBefore: number | undefined
}

/** The one apt transaction for all that the steps need and the configuration lists. */
export function packages(needed: readonly string[], rules: readonly UnitRule[]): Step<Pick<Config, 'packages'>, Seen> {
  return {
    id: 'packages',
    title: 'Packages',
    after: [],
    deadlineMs: () => 3_600_000,

    async observe(config, host, signal) {
      const names = [...new Set([...needed, ...config.packages])]
      const [states, updates] = await Promise.all([host.packages(signal), host.list('/var/lib/dpkg/updates')])
      const lacking = names.filter((name) => states.get(name)?.installed !== true)
      const unfinished = isUnfinished(states, updates)
      const begun = cutOffUnpacking(states)
      const isAptNeeded = lacking.length > 0 || unfinished || begun.length > 0
      const lockedBy = isAptNeeded ? await aptLockedBy(host) : undefined
      const halfUnpacked = lockedBy === undefined ? begun : []
      const missing = [...new Set([...lacking, ...halfUnpacked])]
      return {
        missing,
        halfUnpacked,
        unfinished,
        lockedBy,
        missingRules: missing.length === 0 ? [] : await missingRules(rules, host),
        oldFilesBefore: missing.length === 0 ? undefined : await oldFilesBefore(host, signal),
      }
    },

    decide(_config, seen, past) {
      const decision = decideApt(seen, past)
      if (decision.is !== 'act') return decision
      return { is: 'act', actions: [...seen.missingRules.map(toPut), ...decision.actions] }
    },
  }
}

function decideApt(seen: Seen, past: readonly ActionOutcome[]): Decision {
  // Once a run: what dpkg alone cannot finish, apt-get can, or it tells why not.
  const triedToFinish = outcomesOf(finishInterrupted, past).some((outcome) => !mayPass(outcome))
  const wasCutOff = seen.unfinished && seen.lockedBy === undefined && !triedToFinish
  if (seen.missing.length === 0 && !wasCutOff) return { is: 'converged', because: 'all packages are installed' }
  if (seen.lockedBy !== undefined) return { is: 'wait', code: 'APT_LOCKED', for: seen.lockedBy }
  if (wasCutOff) return { is: 'act', actions: [finishInterrupted] }
  return decideInstall(seen, past)
}

function decideInstall(seen: Seen, past: readonly ActionOutcome[]): Decision {
  const all = [updateLists, install(seen.missing, seen.halfUnpacked)]
  const together = isToRetry(installations(past, true))
  if (areListsOld(past) || (together && seen.missing.length > 1)) {
    return { is: 'act', actions: all }
  }
  if (seen.oldFilesBefore !== undefined && failedForPackages(past)) {
    return { is: 'act', actions: [dropFetchedBefore(seen.oldFilesBefore), ...all] }
  }
  const reasons = finalReasons(past)
  const untried = seen.missing.filter((name) => !reasons.has(name))
  if (untried.length > 0) return { is: 'act', actions: untried.map((name) => install([name], seen.halfUnpacked)) }
  return {
    is: 'converged',
    because: 'all packages that can be are installed',
    warnings: seen.missing.map((name) => ({ code: 'PACKAGE_FAILED', text: `${name}: ${reasons.get(name)}` })),
  }
}

function areListsOld(past: readonly ActionOutcome[]): boolean {
  const updates = outcomesOf(updateLists, past)
  const last = updates.at(-1)
  if (last === undefined) return true
  return last.is !== 'done' && updates.length < (mayPass(last) ? updateTries.whileItMayPass : updateTries.else)
}

async function oldFilesBefore(host: Host, signal: AbortSignal): Promise<number | undefined> {
  const bootedAt = parseBootTime((await host.read('/proc/stat')) ?? '')
  if (bootedAt === undefined) return undefined
  const { stdout } = await host.exec(fetchedBefore(bootedAt), { signal, ok: [0, 1] }) // 1: a folder is not there
  return stdout === '' ? undefined : bootedAt
}
