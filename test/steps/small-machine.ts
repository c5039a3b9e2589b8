import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { type Action, type ActionOutcome, type Exec, labelOf, type Owner, type Write } from '../../src/engine/action.ts'
import { type Decision, withWarnings } from '../../src/engine/decision.ts'
import type { FileStat, Host } from '../../src/engine/host.ts'
import type { Step } from '../../src/engine/step.ts'
import { warningsOf } from '../../src/engine/told.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'

export type Place =
  | { readonly kind: 'file'; readonly content: string; readonly mode: number; readonly owner: string }
  | { readonly kind: 'directory'; readonly mode: number; readonly owner: string }
  | { readonly kind: 'symlink'; readonly target: string }

/** By path. */
export type Tree = Map<string, Place>

interface Made {
  readonly name?: string
  readonly local: Tree
  /** What is mounted on /mnt/work; the same for two machines that share it. */
  readonly shared?: Tree
  /** All that is no file. */
  readonly script?: Script
  readonly run?: (exec: Exec) => void
}

/**
 * Files in memory, read by the Host and changed by actions as the real ones are: what a step did, it sees when it looks
 * again. An action that the machine was not told how to do fails the test.
 */
export interface SmallMachine {
  readonly host: Host
  /** The labels of the actions that were done. */
  readonly done: readonly string[]
  readonly at: (path: string) => Place | undefined
  readonly content: (path: string) => string | undefined
  readonly perform: (action: Action) => ActionOutcome
}

export const directory = (mode: number, owner = 'root:root'): Place => ({ kind: 'directory', mode, owner })
export const file = (content: string, mode = 0o644, owner = 'root:root'): Place => ({
  kind: 'file',
  content,
  mode,
  owner,
})

export function smallMachine({ name = 'a', local, shared = new Map(), script = {}, run = refuse }: Made): SmallMachine {
  const done: string[] = []
  const treeOf = (path: string) => (path.startsWith('/mnt/work') ? shared : local)
  const at = (path: string) => treeOf(path).get(path)
  const put = (path: string, place: Place): void => void treeOf(path).set(path, place)

  function content(path: string): string | undefined {
    const place = at(path)
    return place?.kind === 'file' ? place.content : undefined
  }

  function targetOf(place: Place | undefined): string | undefined {
    return place?.kind === 'symlink' ? place.target : place?.kind
  }

  function written({ path, content: text, mode, owner, keepsPermissions }: Write): Place {
    const there = at(path)
    if (keepsPermissions && there?.kind === 'file') return { ...there, content: text }
    return file(text, mode, nameOf(owner))
  }

  /** Why nothing was done, as the real ones say it. */
  function carryOut(action: Action): string | undefined {
    switch (action.do) {
      case 'write':
        if (content(action.path) !== action.was) return 'changed meanwhile'
        put(action.path, written(action))
        return undefined
      case 'mkdir':
        for (let above = dirname(action.path); above.length > 1; above = dirname(above)) {
          if (at(above) === undefined) put(above, directory(0o755))
        }
        put(action.path, directory(action.mode, nameOf(action.owner)))
        return undefined
      case 'remove':
        treeOf(action.path).delete(action.path)
        return undefined
      case 'symlink':
        if (targetOf(at(action.path)) !== action.was) return 'another by now'
        put(action.path, { kind: 'symlink', target: action.target })
        return undefined
      case 'permit':
        put(action.path, file(content(action.path) ?? '', action.mode, nameOf(action.owner)))
        return undefined
      case 'make-secret': {
        const secret = `secret of ${name}, made after ${done.length}`.padEnd(action.sizeBytes, '.')
        put(`${action.directory}/${sha256Of(secret)}.key`, file(secret, 0o600))
        return undefined
      }
      case 'copy-secret': {
        const secret = content(action.from)
        if (secret === undefined || sha256Of(secret) !== action.sha256) return 'another secret by now'
        put(action.to, file(secret, action.mode, nameOf(action.owner)))
        return undefined
      }
      case 'exec':
        run(action)
        return undefined
      default:
        throw new Error(`the small machine cannot ${action.do}`)
    }
  }

  const host: Host = {
    ...fakeHost(script),
    read: async (path) => content(path),
    stat: async (path) => statOf(at(path)),
    sha256: async (path) => {
      const bytes = content(path)
      return bytes === undefined ? undefined : sha256Of(bytes)
    },
    list: async (path) =>
      [...treeOf(path).keys()]
        .filter((key) => dirname(key) === path)
        .map((key) => key.slice(path.length + 1))
        .toSorted(),
  }
  return {
    host,
    done,
    at,
    content,
    perform(action) {
      const because = carryOut(action)
      if (because !== undefined) return { is: 'stale', action, because }
      done.push(labelOf(action))
      return { is: 'done', action }
    },
  }
}

/** One round as the runner does it: a look, then the actions up to the first that is not done. */
export async function takeTurn<Config, Seen>(
  step: Step<Config, Seen>,
  config: Config,
  machine: SmallMachine,
  past: ActionOutcome[],
): Promise<Decision> {
  const decision = step.decide(config, await step.observe(config, machine.host, signal), past)
  for (const action of decision.is === 'act' ? decision.actions : []) {
    const outcome = machine.perform(action)
    past.push(outcome)
    if (outcome.is !== 'done') break
  }
  return decision
}

/** Turns until nothing is left to do, and what the actions have told. Throws when that takes too many. */
export async function settle<Config, Seen>(
  step: Step<Config, Seen>,
  config: Config,
  machine: SmallMachine,
): Promise<Decision> {
  const past: ActionOutcome[] = []
  for (let turn = 0; turn < 10; turn++) {
    const decision = await takeTurn(step, config, machine, past)
    if (decision.is !== 'act') return withWarnings(decision, ...warningsOf(past))
  }
  throw new Error(`still at it: ${machine.done.join(', ')}`)
}

export function sha256Of(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}

function nameOf(owner: Owner | undefined): string {
  return owner === undefined ? 'root:root' : `${owner.user}:${owner.group}`
}

function statOf(place: Place | undefined): FileStat | undefined {
  if (place === undefined) return undefined
  const common = { changedAtMs: 0, sizeBytes: place.kind === 'file' ? place.content.length : 0 }
  if (place.kind === 'symlink') {
    return { ...common, kind: 'symlink', mode: 0o777, owner: 'root:root', target: place.target }
  }
  return { ...common, kind: place.kind, mode: place.mode, owner: place.owner }
}

function refuse({ argv }: Exec): never {
  throw new Error(`the small machine was not told how to run ${argv.join(' ')}`)
}
