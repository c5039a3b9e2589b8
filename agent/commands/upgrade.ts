import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { httpsUrl, sha256 } from '../../src/config/grammar.ts'
import { messageOf } from '../../src/engine/errors.ts'
import { type InstalledCommand, parseInstalledCommand } from '../../src/formats/installed-command.ts'
import { exitCode } from '../exit-code.ts'
import { exec } from '../host/exec.ts'
import { read } from '../host/files.ts'
import { fetchRelease, releaseFolder, releasesHome, removeReleasesBut, type WantedRelease } from '../host/releases.ts'
import { acquireRunLock } from '../host/run-lock.ts'
import { supersede } from '../host/superseded.ts'
import { tryRelease, versionOf } from '../host/trial.ts'
import { openLog } from '../report/log.ts'
import { version } from '../version.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { refuseUnlessRoot } from './root.ts'
import { UsageError } from './usage-error.ts'

const commandPath = '/usr/local/bin/slurm-node-agent'

/** Puts another release in the place of this one, once it was tried; where it does not work there, this one is back. */
export async function upgrade(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, { url: { type: 'string' }, sha256: { type: 'string' } })
  refusePositionals(positionals)
  const wanted = wantedRelease(values)
  refuseUnlessRoot('upgrade')

  await using _lock = await acquireRunLock('upgrade')
  const old = await installedCommand()
  if (old.release === releaseFolder(wanted.sha256)) {
    await install(old.release, old) // what was cut off between the command and the units is made good
    say(`Nothing to do: ${version} of ${old.release} is what is installed.`)
    return exitCode.converged
  }
  const next = await triedRelease(wanted, old, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    throw new Error(`not upgraded; ${version} stays`, { cause: error })
  })
  await refuseIfReplaced([old])
  say(`Switching to ${next.version}.`)
  const log = openLog(randomUUID(), !process.stdout.isTTY)
  await switchTo(next, old, log)
  log.info({ from: version, to: next.version, ...wanted }, 'release-upgraded')
  say(`Upgraded from ${version} to ${next.version}. A boot keeps it, until the user_data names another release.`)
  await removeReleasesBut(async () => [next.release, old.release, (await installedCommand()).release]).catch(
    (error: unknown) => {
      say(`Older releases are still in ${releasesHome}: ${messageOf(error)}`)
    },
  )
  return exitCode.converged
}

function wantedRelease({ url, sha256: sum }: { readonly url?: string; readonly sha256?: string }): WantedRelease {
  if (url === undefined || sum === undefined) throw new UsageError('upgrade takes: --url URL --sha256 SHA256')
  for (const [option, grammar, value] of [
    ['--url', httpsUrl, url],
    ['--sha256', sha256, sum],
  ] as const) {
    const [issue] = grammar.safeParse(value).error?.issues ?? []
    if (issue !== undefined) throw new UsageError(`${option} ${issue.message}`)
  }
  return { url, sha256: sum }
}

async function installedCommand(): Promise<InstalledCommand> {
  const installed = parseInstalledCommand((await read(commandPath)) ?? '')
  if (installed !== undefined) return installed
  throw new Error(
    `${commandPath} is not as install.sh writes it: unpack a release below /opt/slurm-node-agent, and run its install.sh`,
  )
}

/** Beside us, the user_data of this boot may have installed what it names: neither of `known`. */
async function refuseIfReplaced(known: readonly { readonly release: string }[], why?: ErrorOptions): Promise<void> {
  const release = parseInstalledCommand((await read(commandPath)) ?? '')?.release
  if (release === undefined || known.some((one) => one.release === release)) return
  throw new Error(`not upgraded; ${release} was installed meanwhile: run it again`, why)
}

interface TriedRelease {
  readonly release: string
  readonly version: string
}

async function triedRelease(wanted: WantedRelease, { interpreter }: InstalledCommand, signal: AbortSignal) {
  say(`Fetching ${wanted.url}.`)
  const release = await fetchRelease(wanted, signal)
  say('Trying it: version, config check, plan.')
  const next = await tryRelease([...interpreter, `${release}/slurm-node-agent.js`], [commandPath], signal)
  signal.throwIfAborted()
  return { release, version: next } satisfies TriedRelease
}

/**
 * Not interrupted by a signal. Cut off by a loss of power, it is made good by the next boot where a user_data names the
 * old release, and by the same command run again where none does.
 */
async function switchTo(next: TriedRelease, old: InstalledCommand, log: Logger): Promise<void> {
  try {
    await supersede(old.release, next.release)
    await install(next.release, old)
    const found = { version: await versionOf([commandPath]), release: (await installedCommand()).release }
    if (found.version !== next.version || found.release !== next.release) {
      throw new Error(`${commandPath} is ${found.version} of ${found.release}`)
    }
  } catch (cause) {
    const error = messageOf(cause)
    log.error({ from: version, to: next.version, release: next.release, error }, 'release-not-upgraded')
    await refuseIfReplaced([old, next], { cause })
    await putBack(old, error)
    throw new Error(`not upgraded; ${version} is back`, { cause })
  }
}

async function putBack(old: InstalledCommand, because: string): Promise<void> {
  try {
    await supersede(old.release, old.release)
    await install(old.release, old)
  } catch (cause) {
    const by = `${old.release}/install.sh --node-sha256 ${old.nodeSha256}`
    throw new Error(`not upgraded (${because}), and ${version} is not back either; put it back by ${by}`, { cause })
  }
}

async function install(release: string, { nodeSha256 }: InstalledCommand): Promise<void> {
  await exec([`${release}/install.sh`, '--node-sha256', nodeSha256], {})
}

function say(words: string): void {
  process.stdout.write(`${words}\n`)
}
