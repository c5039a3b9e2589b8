import type { ActionOutcome, Argv, Exec } from '../engine/action.ts'
import { type AptFailure, aptReason, kindOfAptFailure } from '../formats/apt-error.ts'

/** How often what the network keeps away is fetched: with apt's own three at each file, and a run's pauses, some minutes. */
export const fetchTries = 10

/** No questions, and no service restarts but those of the packages themselves. */
const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', APT_LISTCHANGES_FRONTEND: 'none' }

/** A lock that is taken between our look and the start is waited for; apt's own default is not to wait. */
const options = ['--option=DPkg::Lock::Timeout=120', '--option=Dpkg::Use-Pty=0', '--option=Acquire::Retries=3'] as const

/** A conffile that a person has made or edited stays: dpkg would ask, whatever debconf's frontend is, and break off. */
const keepConffiles = ['--force-confdef', '--force-confold'] as const
const installing = [...options, ...keepConffiles.map((force) => `--option=Dpkg::Options::=${force}` as const)] as const

/** Without it, a name with a dot that is no package is taken for a regular expression, and all that it matches is installed. */
const nameOnly = '--option=APT::Cmd::Pattern-Only=true'

/** A source that does not answer costs no more than this, each time. */
const timeouts = ['--option=Acquire::http::Timeout=30', '--option=Acquire::https::Timeout=30'] as const

const common = { do: 'exec', env, lock: 'apt' } as const
/** Cut off, dpkg leaves a machine in the middle; fetching lists can be cut off at any time. */
const changing = { ...common, uninterruptible: true } as const

export const finishInterrupted: Exec = {
  ...changing,
  argv: ['dpkg', ...keepConffiles, '--configure', '--pending'],
  mayFail: true, // it fails while a package cannot be configured; the installation says why
  because: 'an earlier dpkg was cut off',
}

/** Without Error-Mode, apt-get takes lists that could not be fetched for a success. */
export const updateLists: Exec = {
  ...common,
  argv: ['apt-get', 'update', '--quiet', ...options, ...timeouts, '--option=APT::Update::Error-Mode=any'],
  mayFail: true, // the lists of one broken source must not keep the packages of all others away
  because: 'packages are missing',
}

/** Finds apt's files that came before this second since the epoch: by their ctime, as their mtime is the mirror's. */
export function fetchedBefore(seconds: number): Argv {
  return [
    'find',
    '/var/lib/apt/lists',
    '/var/cache/apt/archives',
    '-maxdepth',
    '1',
    '-type',
    'f',
    '!',
    '-name',
    'lock',
    '!',
    '-newerct',
    `@${seconds}`,
  ]
}

/**
 * apt does not sync what it fetches. It takes lists that a power cut has emptied for the mirror's for ever, as their time
 * is still the mirror's, and archives of the right size for whole, of which a power cut may have left zeros.
 */
export function dropFetchedBefore(seconds: number): Exec {
  const because = 'a power cut may have damaged what apt has fetched before this boot'
  return { ...common, argv: [...fetchedBefore(seconds), '-delete'], mayFail: true, because }
}

/**
 * One transaction. --no-remove: what is asked for must not cost what is there. Without --reinstall apt takes a package
 * for installed whose upgrade was cut off while it was unpacked; of what is whole, it would install that again, too.
 */
export function install(names: readonly string[], halfUnpacked: readonly string[]): Exec {
  const again = names.some((name) => halfUnpacked.includes(name))
  return {
    ...changing,
    argv: [
      'apt-get',
      'install',
      ...names,
      '--yes',
      '--no-remove',
      '--quiet',
      ...(again ? ['--reinstall'] : []),
      ...installing,
      nameOnly,
    ],
    ...(names.length === 1 && { mayFail: true }),
    because: names.length === 1 ? 'not installed' : `${names.length} packages are not installed`,
  }
}

/** A package out of a file, which apt knows by the slash in its path. What it depends on comes from the sources. */
export function installFile(path: string): Exec {
  const because = 'the package is fetched, and not installed'
  return { ...changing, argv: ['apt-get', 'install', path, '--yes', '--no-remove', '--quiet', ...installing], because }
}

/** The outcomes of `apt-get install` with exactly so many packages as `several` says. */
export function installations(past: readonly ActionOutcome[], several: boolean): readonly ActionOutcome[] {
  return past.filter((outcome) => {
    const count = installedBy(outcome).length
    return several ? count > 1 : count === 1
  })
}

/** True when apt was at it and a package, not a lock or the network, was in the way. */
export function failedForPackages(past: readonly ActionOutcome[]): boolean {
  return [true, false].some((several) =>
    installations(past, several).some((outcome) => outcome.is === 'failed' && !mayPass(outcome)),
  )
}

/** Why each package that was tried alone is still missing and will stay so, in apt's words where it has any. */
export function finalReasons(past: readonly ActionOutcome[]): ReadonlyMap<string, string> {
  const byName = Map.groupBy(installations(past, false), (outcome) => installedBy(outcome).join())
  const final = [...byName].filter(([, outcomes]) => !isToRetry(outcomes))
  return new Map(final.map(([name, outcomes]) => [name, outcomes.slice(-1).map(reasonOf).join()]))
}

/**
 * Of one installation, each time that this run has tried it: whether to try it once more. One source that does not let its
 * packages be fetched must not keep those of all others away.
 */
export function isToRetry(outcomes: readonly ActionOutcome[]): boolean {
  const ofNetwork = outcomes.filter((outcome) => failureOf(outcome) === 'network')
  return outcomes.slice(-1).every(mayPass) && ofNetwork.length < fetchTries
}

/** True when it failed for a lock or the network: trying the same again makes sense. */
export function mayPass(outcome: ActionOutcome): boolean {
  const failure = failureOf(outcome)
  return failure === 'lock' || failure === 'network'
}

function failureOf(outcome: ActionOutcome): AptFailure | undefined {
  return outcome.is === 'failed' ? kindOfAptFailure(outcome.error) : undefined
}

function reasonOf(outcome: ActionOutcome): string {
  if (outcome.is === 'failed') return aptReason(outcome.error)
  return 'apt-get succeeds, but dpkg does not have it installed; if it is a virtual package, name the real one'
}

function installedBy({ action }: ActionOutcome): readonly string[] {
  if (action.do !== 'exec') return []
  const [program, verb, ...rest] = action.argv
  return program === 'apt-get' && verb === 'install' ? rest.filter((argument) => !argument.startsWith('-')) : []
}

/** What came of this very action, each time that this run has done it. */
export function outcomesOf(action: Exec, past: readonly ActionOutcome[]): readonly ActionOutcome[] {
  return past.filter((outcome) => outcome.action === action)
}
