import { createHash } from 'node:crypto'
import { packagesBy } from '../agent/host/packages.ts'
import { unitsBy } from '../agent/host/units.ts'
import type {
  Answer,
  BlockDeviceMapping,
  Executed,
  FileStat,
  Host,
  MountReply,
  MountTarget,
  TcpTrouble,
  TlsTrouble,
  VolumeFacts,
} from '../src/engine/host.ts'

/** What the fake machine answers. Whatever it was not told of throws: an unexpected command fails the test. */
export interface Script {
  /** By the whole command line; a string is standard output with exit code 0. */
  readonly commands?: Readonly<Record<string, string | Partial<Executed>>>
  readonly files?: Readonly<Record<string, string | undefined>>
  readonly stats?: Readonly<Record<string, FileStat | undefined>>
  /** Of mounts of NFS, by where they are. */
  readonly servers?: Readonly<Record<string, MountReply>>
  readonly access?: Readonly<Record<string, MountReply>>
  /** The end of each. */
  readonly logs?: Readonly<Record<string, string>>
  readonly directories?: Readonly<Record<string, readonly string[]>>
  readonly sums?: Readonly<Record<string, string | undefined>>
  readonly lockHolders?: Readonly<Record<string, string | undefined>>
  readonly primaryAddress?: string
  readonly metadata?: Readonly<Record<string, string | undefined>>
  readonly names?: Readonly<Record<string, readonly string[]>>
  /** By `address:port`. */
  readonly tcp?: Readonly<Record<string, TcpTrouble | undefined>>
  /** By `address:port name`. */
  readonly tls?: Readonly<Record<string, TlsTrouble | undefined>>
  readonly mountTargets?: Readonly<Record<string, Answer<readonly MountTarget[] | undefined>>>
  readonly volumes?: Readonly<Record<string, Answer<VolumeFacts | undefined>>>
  /** By instance. */
  readonly blockDevices?: Readonly<Record<string, Answer<readonly BlockDeviceMapping[]>>>
  /** By the instances asked for, `instance instance`. */
  readonly instanceStates?: Readonly<Record<string, Answer<ReadonlyMap<string, string>>>>
  /** By `volume instance device`. */
  readonly permissions?: Readonly<Record<string, Answer<true>>>
  /** By device. */
  readonly nonZero?: Readonly<Record<string, number | undefined>>
  readonly digests?: Readonly<Record<string, string>>
  readonly free?: Readonly<Record<string, boolean>>
  readonly claimed?: Readonly<Record<string, boolean>>
  /** By the numbers of the devices, `major:minor major:minor`. */
  readonly writers?: Readonly<Record<string, string | undefined>>
}

export function fakeHost(script: Script): Host {
  const exec: Host['exec'] = async (argv, { ok = [0] }) => {
    const answer = told('command', script.commands, argv.join(' '))
    const executed = {
      exitCode: 0,
      stdout: '',
      stderr: '',
      ...(typeof answer === 'string' ? { stdout: answer } : answer),
    }
    if (!ok.includes(executed.exitCode))
      throw new Error(`${argv.join(' ')} ended with ${executed.exitCode}: ${executed.stderr}`)
    return executed
  }
  return {
    exec,
    packages: packagesBy(exec),
    units: unitsBy(exec),
    read: async (path) => told('file', script.files, path),
    stat: async (path) => told('stat', script.stats, path),
    serverOf: async ({ target }) => told('server', script.servers, target),
    mayWrite: async ({ target }) => told('access', script.access, target),
    logTail: async (path) => told('log', script.logs, path),
    list: async (directory) => told('directory', script.directories, directory),
    sha256: async (path) => told('sum', script.sums, path),
    lockHolder: async (path) => told('lock', script.lockHolders, path),
    primaryAddress: async () => told('value', script, 'primaryAddress') ?? '',
    metadata: async (path) => told('metadata', script.metadata, path),
    resolve: async (name) => told('name', script.names, name),
    tcpTrouble: async (address, port) => told('tcp', script.tcp, `${address}:${port}`),
    tlsTrouble: async (address, port, name) => told('tls', script.tls, `${address}:${port} ${name}`),
    mountTargets: async (id) => told('mount targets', script.mountTargets, id),
    volume: async (id) => told('volume', script.volumes, id),
    blockDevices: async (id) => told('block devices', script.blockDevices, id),
    instanceStates: async (ids) => told('instance states', script.instanceStates, ids.join(' ')),
    mayAttach: async ({ volumeId, instanceId, deviceName }) =>
      told('permission', script.permissions, `${volumeId} ${instanceId} ${deviceName}`),
    firstNonZero: async (device) => told('device', script.nonZero, device),
    // Whatever the text is, it is part of it.
    digest: async (text, device) => sha256(`${text} ${told('digest', script.digests, device)}`),
    deviceIsFree: async (device) => told('device', script.free, device),
    deviceIsClaimed: async (device) => told('device', script.claimed, device),
    deviceWriter: async (devices) => told('devices', script.writers, devices.join(' ')),
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function told<Answers extends object, Key extends keyof Answers>(
  kind: string,
  answers: Answers | undefined,
  key: Key & string,
): Answers[Key] {
  if (answers === undefined || !(key in answers)) throw new Error(`the fake host was not told of the ${kind} ${key}`)
  return answers[key]
}

/** Any signal: nothing in the fake takes time. */
export const signal = new AbortController().signal
