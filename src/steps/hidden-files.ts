import { basename, dirname } from 'node:path'
import { volumeOf } from '../config/places.ts'
import type { Config } from '../config/schema.ts'
import type { Action, Argv, Obstacle } from '../engine/action.ts'
import { type Decision, type Warning, withWarnings } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { limited, noAnswer } from './limited.ts'
import { inOneLine } from './service.ts'

type Seen =
  | {
      readonly is: 'seen'
      readonly below: readonly { readonly mountPoint: string; readonly names: readonly string[] }[]
    }
  | { readonly is: 'unseen'; readonly because: string }

/**
 * What the mounts hide, whoever mounted, at whichever boot: each looks good while a program's data lies on the root disk
 * below it. No path leads there, so the question is asked by a service with a view of its own of the file system around.
 */
export const hiddenFiles: Step<Config, Seen> = {
  id: 'hidden-files',
  title: 'Hidden files',
  after: ['efs'],
  deadlineMs: () => 60_000,

  async observe(config, host, signal) {
    const views = mountPointsOf(config).map(viewOf)
    const { exitCode, stdout, stderr } = await host.exec(toLookBelow(views), { signal, ok: [0, ...noView] })
    if (exitCode !== 0) {
      return { is: 'unseen', because: inOneLine(stderr) || (silent[exitCode] ?? `${viewer} ended with ${exitCode}`) }
    }
    const lines = stdout.split('\n')
    const namesIn = (directory: string) =>
      lines.filter((line) => line.startsWith(`${directory} `)).map((line) => line.slice(directory.length + 1))
    return { is: 'seen', below: views.map(({ mountPoint, below }) => ({ mountPoint, names: namesIn(below) })) }
  },

  decide(config, seen) {
    const all = mountPointsOf(config).join(' and ')
    if (seen.is === 'unseen') {
      const text = `whether ${all} hide files could not be seen: ${seen.because}`
      const because = 'what is below the mounts is not known'
      return withWarnings({ is: 'converged', because }, { code: 'HIDDEN_FILES_UNSEEN', text })
    }
    const warnings = seen.below.flatMap(({ mountPoint, names }) =>
      hides(names).map((reason): Warning => ({ code: 'MOUNT_HIDES_FILES', text: `${mountPoint}: ${reason}` })),
    )
    const because = warnings.length === 0 ? `${all} hide none` : 'the mounts are kept, and what they hide'
    return withWarnings({ is: 'converged', because }, ...warnings)
  },
}

const viewer = 'systemd-run'
const answerSeconds = 15
/** What nobody has a word for. */
const silent: Readonly<Record<number, string>> = {
  1: `no answer within ${answerSeconds} s`,
  226: 'systemd gave the service no mount namespace',
}
/** Of systemd-run itself or of find; no such program, no such namespace (systemd.exec(5)); a signal; nothing in time. */
const noView = [1, 203, 226, 255, ...noAnswer]

interface View {
  readonly mountPoint: string
  /** Where the directory around it is shown. */
  readonly at: string
  /** The mount point there, without the mount. */
  readonly below: string
}

function mountPointsOf(config: Config): readonly string[] {
  return [config.efs.mountPoint, volumeOf(config).mountPoint]
}

function viewOf(mountPoint: string, index: number): View {
  const at = `/mnt/${index}`
  return { mountPoint, at, below: `${at}/${basename(mountPoint)}` }
}

/** The bind mounts leave out what is mounted further down (norbind), and are the service's alone: they go with it. */
function toLookBelow(views: readonly View[]): Argv {
  const properties = [
    'TemporaryFileSystem=/mnt',
    ...views.map(({ mountPoint, at }) => `BindReadOnlyPaths=${dirname(mountPoint)}:${at}:norbind`),
    `RuntimeMaxSec=${answerSeconds}`, // by timeout(1) alone, the service would outlive systemd-run
    'LogLevelMax=notice', // no line of systemd in the journal for each look
  ]
  const service = ['--quiet', '--wait', '--pipe', '--collect', ...properties.map((one) => `--property=${one}`)]
  const find = ['find', ...views.map(({ below }) => below), '-mindepth', '1', '-maxdepth', '1', '-printf', '%H %P\\n']
  return limited(2 * answerSeconds, [viewer, ...service, ...find])
}

/** Of names on the bare mount point: a reason that goes with the mount, or with the wait for it. */
export function hides(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return [
    `the mount hides what the bare directory holds: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
  ]
}

/** The same word in whatever is waited for: what comes in the meantime makes it worse. */
export function tellInWaits(decision: Decision, names: readonly string[]): Decision {
  switch (decision.is) {
    case 'wait':
      return tellIn(decision, names)
    case 'act':
      return { is: 'act', actions: decision.actions.map((action) => tellInObstacle(action, names)) }
    case 'converged':
    case 'refuse':
      return decision
  }
}

function tellInObstacle(action: Action, names: readonly string[]): Action {
  return action.obstacle === undefined ? action : { ...action, obstacle: tellIn(action.obstacle, names) }
}

function tellIn<Met extends Obstacle>(met: Met, names: readonly string[]): Met {
  return { ...met, for: [met.for, ...hides(names)].join('; ') }
}
