import type { Argv, AttachmentRequest } from './action.ts'

export interface ExecOptions {
  readonly signal: AbortSignal
  /** Exit codes that are an answer, not an error; by default 0 alone. */
  readonly ok?: readonly number[]
  /** Standard input; without it, standard input is empty. Never logged. */
  readonly input?: string
  /** Later there is no answer, which throws: also where the kernel keeps the program, so that it cannot be ended. */
  readonly withinMs?: number
}

export interface Executed {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'block-device' | 'other'
  /** Permission bits alone, as 0o644. */
  readonly mode: number
  /** `user:group`, by number where the number has no name. */
  readonly owner: string
  readonly sizeBytes: number
  /** Last change of content or attributes (ctime), ms since the epoch: cp -p and touch cannot set it back. */
  readonly changedAtMs: number
  /** Where a symbolic link points, as written in it. */
  readonly target?: string
}

/** Why no TCP connection came about. */
export interface TcpTrouble {
  /** `refused`: who is there says no; `silent`: nothing comes back, or there is no way to it. */
  readonly is: 'refused' | 'silent'
  readonly because: string
}

/** Why no TLS connection came about where a TCP connection does. */
export interface TlsTrouble {
  /** `rejected`: the certificate is another name's, or of an authority that is not trusted; `failed`: what may pass. */
  readonly is: 'rejected' | 'failed'
  readonly because: string
}

export interface MountTarget {
  /** By name, as us-east-1a, which each account has its own for. */
  readonly availabilityZone: string
  readonly availabilityZoneId: string
  /** IPv4; one in a subnet of IPv6 alone has none. */
  readonly ipAddress: string | undefined
  /** creating, available, updating, deleting, deleted or error. */
  readonly state: string
}

/** A mount by where it is, and by its device, `major:minor`, by which it is told from a later one at the same place. */
export interface MountedAt {
  readonly target: string
  readonly device: string
}

/**
 * What a system call on a network mount came to; `unmounted`: somebody has unmounted it, and the directory below has
 * answered; `stale`: the server no longer knows what was mounted (ESTALE); `silent`: there was no answer within that time.
 */
export type MountReply =
  | { readonly is: 'done' | 'unmounted' | 'stale' }
  | { readonly is: 'silent'; readonly afterMs: number }
  | { readonly is: 'error'; readonly because: string }

/** What EC2 says of a volume. Source: DescribeVolumes. */
export interface VolumeFacts {
  /** creating, available, in-use, deleting, deleted or error. */
  readonly state: string
  readonly sizeBytes: number
  /** By name, as us-east-1a: a name means the same zone to all of one account. */
  readonly availabilityZone: string
  /** Or the volume, that it was made from. */
  readonly snapshotId: string | undefined
  /** More than one with multi-attach; none that has ended. */
  readonly attachments: readonly Attachment[]
}

export interface Attachment {
  readonly instanceId: string
  /** attaching, attached, detaching or busy. */
  readonly state: string
  /** The device name given when it was attached, as /dev/sdf. */
  readonly deviceName: string | undefined
  /** Since it was begun, by the clock of this machine. */
  readonly attachedForMs: number | undefined
}

/** A volume of an instance. Source: DescribeInstances. */
export interface BlockDeviceMapping {
  /** As given when it was attached. */
  readonly deviceName: string
  readonly volumeId: string
}

/**
 * An answer of the AWS API; `denied` when it may not be asked, with AWS's own words; `unreachable` when there is no way
 * to it, as in a private subnet; `throttled` when the account asks too much. What else may pass is thrown.
 */
export type Answer<T> =
  | { readonly is: 'known'; readonly value: T }
  | { readonly is: 'denied' | 'unreachable' | 'throttled'; readonly because: string }

export interface Region {
  readonly offsetBytes: number
  readonly lengthBytes: number
}

/** What dpkg knows of a package. */
export interface PackageState {
  /** Configured, that is: one that is only unpacked is not. `hold`, which `apt-mark hold` sets, is as good as `install`. */
  readonly installed: boolean
  /** A dpkg that was cut off left it so, and `dpkg --configure --pending` can go on from there. */
  readonly unfinished: boolean
  /** What of it was cut off: it is half there, and only apt, which has the archive, can mend that. */
  readonly halfDone: 'unpacking' | 'removal' | undefined
  readonly version: string
}

/** Properties of a unit of systemd by their names, as ActiveState; those that it has none of are not in it. */
export type UnitProperties = Readonly<Record<string, string>>

/** The machine and its surroundings, as far as a step may read them. The runner alone changes them. */
export interface Host {
  /** Runs a program without a shell, in the C locale; an exit code outside `ok` throws. */
  exec(argv: Argv, options: ExecOptions): Promise<Executed>
  /** All packages that dpkg has ever heard of, by their names. In a run, this and `units` may be shared answers. */
  packages(signal: AbortSignal): Promise<ReadonlyMap<string, PackageState>>
  /** What systemd knows of units, in their order; of one that there is not, that its LoadState is not-found. */
  units(names: readonly string[], signal: AbortSignal): Promise<readonly UnitProperties[]>
  /** The file's text, or undefined where there is no such file. */
  read(path: string): Promise<string | undefined>
  /** The last lines of a regular file that another user may have made; empty where there is none, links not followed. */
  logTail(path: string, lines: number): Promise<string>
  /** Of the path itself, links not followed; undefined where there is nothing. */
  stat(path: string): Promise<FileStat | undefined>
  /** Of a mount of NFS, by statfs(2), which always asks the server, whatever is cached. */
  serverOf(mount: MountedAt, signal: AbortSignal): Promise<MountReply>
  /** Whether root may write there, by access(2), which the kernel answers from what it remembers for up to a minute. */
  mayWrite(mount: MountedAt, signal: AbortSignal): Promise<MountReply>
  /** Names in a directory, sorted; none where there is no directory. */
  list(directory: string): Promise<readonly string[]>
  /** SHA-256 of the file's bytes in lower-case hex, or undefined where there is no such file. */
  sha256(path: string): Promise<string | undefined>
  /** Who holds a POSIX lock on the file, as `name (pid N)`; undefined where nobody does. */
  lockHolder(path: string): Promise<string | undefined>
  /** The primary private IPv4 address: the only one, or by the default route. */
  primaryAddress(): Promise<string>
  /** An item below /latest/ of the instance metadata service (IMDSv2); undefined where there is none. */
  metadata(path: string, signal: AbortSignal): Promise<string | undefined>
  /** The IPv4 addresses of a DNS name; none where it does not resolve. */
  resolve(name: string, signal: AbortSignal): Promise<readonly string[]>
  /** Undefined when a TCP connection can be opened, else why not. */
  tcpTrouble(address: string, port: number, signal: AbortSignal): Promise<TcpTrouble | undefined>
  /** Undefined when a TLS connection can be opened whose certificate the system trusts for `name`, else why not. */
  tlsTrouble(address: string, port: number, name: string, signal: AbortSignal): Promise<TlsTrouble | undefined>
  /** Known and undefined: EFS has no such file system in this account and region; another account may share one. */
  mountTargets(fileSystemId: string, signal: AbortSignal): Promise<Answer<readonly MountTarget[] | undefined>>
  /** Known and undefined: EC2 has no such volume. */
  volume(volumeId: string, signal: AbortSignal): Promise<Answer<VolumeFacts | undefined>>
  /** The EBS volumes of the instance, attached or attaching. */
  blockDevices(instanceId: string, signal: AbortSignal): Promise<Answer<readonly BlockDeviceMapping[]>>
  /** pending, running, shutting-down, terminated, stopping or stopped, by instance; EC2 has none that is not in it. */
  instanceStates(instanceIds: readonly string[], signal: AbortSignal): Promise<Answer<ReadonlyMap<string, string>>>
  /** Whether the instance has the permission, asked by a dry run: nothing is attached. */
  mayAttach(request: AttachmentRequest, signal: AbortSignal): Promise<Answer<true>>
  /** The offset of the first byte in these regions of the device that is not zero; undefined when all are zero. */
  firstNonZero(device: string, regions: readonly Region[], signal: AbortSignal): Promise<number | undefined>
  /** SHA-256 of the text and then these regions of the device in the order of their offsets, in lower-case hex. */
  digest(text: string, device: string, regions: readonly Region[], signal: AbortSignal): Promise<string>
  /** False while another process holds a flock on the device. */
  deviceIsFree(device: string, signal: AbortSignal): Promise<boolean>
  /** Whether the kernel keeps the device for something: a mount, in whatever namespace, or whoever opened it with O_EXCL. */
  deviceIsClaimed(device: string): Promise<boolean>
  /** Another process that has one of the block devices, `major:minor`, open for writing, such as `dd (pid 123)`. */
  deviceWriter(devices: readonly string[]): Promise<string | undefined>
}
