import type { WaitCode } from './codes.ts'
import type { Warning } from './decision.ts'

/** Names of what must not run twice at once on a machine, across steps. */
export type LockName = 'apt'

/** User and group by name or by number, as chown takes them. */
export interface Owner {
  readonly user: string
  readonly group: string
}

/** A program and its arguments; never a shell string. */
export type Argv = readonly [string, ...string[]]

/** What is in the way, and who must move first. */
export interface Obstacle {
  readonly code: WaitCode
  readonly for: string
}

interface Common {
  /** Why it is needed: what was seen. For plan, the log and the terminal. */
  readonly because: string
  /** What kept it from succeeding the last time: if it fails again, the step waits for that, not for a bare error. */
  readonly obstacle?: Obstacle
  /** Checked right before the effect: where nothing is mounted there, or a mount above hides it, the action is stale. */
  readonly whileMounted?: string
  /** What a person is to be told of it, once it is done: no later look shows it. */
  readonly warnings?: readonly Warning[]
}

export interface Exec extends Common {
  readonly do: 'exec'
  readonly argv: Argv
  readonly env?: Readonly<Record<string, string>>
  /** Never killed by a deadline, a signal or a stop of the unit (dpkg). */
  readonly uninterruptible?: true
  /** A failure is recorded, and the actions after this one are still carried out. */
  readonly mayFail?: true
  readonly lock?: LockName
}

export interface Write extends Common {
  readonly do: 'write'
  readonly path: string
  readonly content: string
  /** What the file held when it was seen; when it holds something else by now, the action is stale. */
  readonly was: string | undefined
  readonly mode: number
  readonly owner?: Owner
  /** The file is not the agent's own: one that is there keeps its mode and its owner, whatever is given here. */
  readonly keepsPermissions?: true
  /** Who must be able to read the new file as it is meant before it is put in place; else the action fails. */
  readonly check?: 'fstab'
}

export interface Mkdir extends Common {
  readonly do: 'mkdir'
  readonly path: string
  readonly mode: number
  readonly owner?: Owner
}

export interface Remove extends Common {
  readonly do: 'remove'
  readonly path: string
}

/** Sets mode and owner of what is there. */
export interface Permit extends Common {
  readonly do: 'permit'
  readonly path: string
  readonly mode: number
  readonly owner: Owner
}

/**
 * A symbolic link, made exclusively: where the path exists by now, the action is stale; or put in the place of the one
 * that points to `was`: where that points elsewhere by now, it is stale.
 */
export interface Symlink extends Common {
  readonly do: 'symlink'
  readonly path: string
  readonly target: string
  readonly was?: string
}

/** Random bytes in a root-owned 0600 file that is named `<SHA-256>.key`; it appears whole or not at all. */
export interface MakeSecret extends Common {
  readonly do: 'make-secret'
  readonly directory: string
  readonly sizeBytes: number
}

/** Copies a secret whose SHA-256 is known; when the source is something else by now, nothing is written. */
export interface CopySecret extends Common {
  readonly do: 'copy-secret'
  readonly from: string
  readonly to: string
  readonly sha256: string
  readonly mode: number
  readonly owner: Owner
}

/** Fetches a file by HTTPS: it is root's alone, and there only once its SHA-256 is the given one. */
export interface Download extends Common {
  readonly do: 'download'
  readonly url: string
  readonly path: string
  readonly sha256: string
  /** A server that gives more than this is cut off. */
  readonly mostBytes: number
}

/** Creates, syncs and removes a file: proves that a mounted directory can be written. */
export interface WriteTest extends Common {
  readonly do: 'write-test'
  readonly directory: string
  readonly whileMounted: string
}

/**
 * Makes a file system on a disk that is proved, once more and under its lock, to be the one seen, and still blank or
 * still what a person agreed to lose.
 */
export interface Format extends Common {
  readonly do: 'format'
  readonly device: string
  readonly volumeId: string
  /** This instance: goes into the intent, which an image of the machine takes along. */
  readonly instanceId: string
  readonly sizeBytes: number
  readonly fileSystem: FileSystem
  /** A half-made file system with this UUID is ours, from a run that was cut off. */
  readonly intent: FormatIntent | undefined
  /** A person has agreed to lose all on the disk, if it is still what has this hash. */
  readonly consentedFindings: string | undefined
}

export type FileSystem = 'ext4' | 'xfs'

/** Written and synced before mkfs: the only proof on which a half-made file system is made again. */
export interface FormatIntent {
  readonly volumeId: string
  readonly instanceId: string
  readonly uuid: string
}

/** Which EBS volume is to be attached to which instance, and as what. */
export interface AttachmentRequest {
  readonly volumeId: string
  readonly instanceId: string
  readonly deviceName: string
}

/** Has EC2 attach the volume; it is no error that this has happened already. */
export interface AttachVolume extends Common, AttachmentRequest {
  readonly do: 'attach-volume'
}

/** Has the kernel look for PCI devices that came without its notice. */
export interface RescanPci extends Common {
  readonly do: 'rescan-pci'
  /** For how long the missing disk was attached by then: the next try is counted from here. */
  readonly attachedForMs: number
}

export type Action =
  | Exec
  | Write
  | Mkdir
  | Remove
  | Permit
  | Symlink
  | MakeSecret
  | CopySecret
  | Download
  | WriteTest
  | Format
  | AttachVolume
  | RescanPci

/** `stale`: what was seen no longer holds, nothing was done, look again. */
export type ActionOutcome =
  | { readonly is: 'done'; readonly action: Action }
  | { readonly is: 'stale'; readonly action: Action; readonly because: string }
  | { readonly is: 'failed'; readonly action: Action; readonly error: string }

/** One line for people: what the action does, without its reason. */
export function labelOf(action: Action): string {
  switch (action.do) {
    case 'exec':
      return action.argv.join(' ')
    case 'write':
    case 'mkdir':
    case 'remove':
    case 'permit':
      return `${action.do} ${action.path}`
    case 'symlink':
      return `symlink ${action.path} -> ${action.target}`
    case 'make-secret':
      return `make-secret in ${action.directory}`
    case 'copy-secret':
      return `copy-secret ${action.from} to ${action.to}`
    case 'download':
      return `download ${action.url} to ${action.path}`
    case 'write-test':
      return `write-test in ${action.directory}`
    case 'format':
      return `${action.consentedFindings === undefined ? '' : 'erase and '}format ${action.device} (${action.volumeId}) as ${action.fileSystem}`
    case 'attach-volume':
      return `attach-volume ${action.volumeId} to ${action.instanceId} as ${action.deviceName}`
    case 'rescan-pci':
      return 'rescan-pci'
  }
}
