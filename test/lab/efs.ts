import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileSystemName, MOUNT_TARGET, NFS_SERVER } from './addresses.ts'
import { type Authority, issueCertificate } from './authority.ts'
import { type Cloud, mountTarget } from './cloud.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import type { NameService } from './dnsmasq.ts'
import { listening } from './listening.ts'
import type { Network } from './network.ts'

/** One EFS file system, seen from outside. */
export interface Efs {
  readonly fileSystemId: string
  /** The share's content on the lab's side. */
  readonly folder: string
  /** The mount target is ordered, but not there yet: the API says `creating`, the name does not resolve. */
  order(): void
  /** The mount target becomes available: address, TLS, name, in the API too. */
  open(): Promise<void>
  /** The mount target is there, but no connection gets through. */
  closePort(): Promise<void>
  stop(): Promise<void>
}

interface EfsOptions {
  readonly fileSystemId: string
  readonly folder: string
  readonly authority: Authority
  readonly network: Network
  readonly names: NameService
  readonly cloud: Cloud
  readonly signal: AbortSignal
}

const NFS_PORT = 2049

/** The server keeps root as root and owners as numbers, as EFS does, and grants no grace period, so that a mount never waits for one. */
function ganeshaConfiguration(data: string): string {
  return `NFS_CORE_PARAM {
  Protocols = 4;
  Bind_addr = ${NFS_SERVER};
  NFS_Port = ${NFS_PORT};
  Enable_NLM = false;
  Enable_RQUOTA = false;
  Enable_UDP = false;
}
NFSV4 {
  Graceless = true;
  RecoveryBackend = fs;
  Minor_Versions = 0, 1;
  Only_Numeric_Owners = true;
}
EXPORT {
  Export_Id = 1;
  Path = ${data};
  Pseudo = /;
  Protocols = 4;
  Access_Type = RW;
  Squash = No_Root_Squash;
  SecType = sys;
  FSAL { Name = VFS; }
}
`
}

function tunnelConfiguration(chain: string, key: string): string {
  return `foreground = yes
syslog = no
pid =
[efs]
accept = ${MOUNT_TARGET}:${NFS_PORT}
connect = ${NFS_SERVER}:${NFS_PORT}
cert = ${chain}
key = ${key}
`
}

/** An NFS 4.1 server that only its TLS front can reach; there is no mount target until one is ordered or opened. */
export async function startEfs(options: EfsOptions): Promise<Efs> {
  const { fileSystemId, authority, network, names, cloud, signal } = options
  const name = fileSystemName(fileSystemId)
  const work = options.folder
  const data = join(work, 'data')
  await mkdir(data, { recursive: true })
  await writeFile(join(work, 'ganesha.conf'), ganeshaConfiguration(data))
  const { chain, key } = await issueCertificate(authority, work, 'mount-target', [name])
  await writeFile(join(work, 'stunnel.conf'), tunnelConfiguration(chain, key))
  cloud.fileSystems.set(fileSystemId, [])

  const nfsServer = await startDaemon({
    name: 'nfs-ganesha',
    argv: [
      'ganesha.nfsd',
      '-F', // in the foreground
      '-N',
      'NIV_EVENT',
      '-f',
      join(work, 'ganesha.conf'),
      '-p',
      join(work, 'ganesha.pid'),
      '-L',
      join(work, 'ganesha.log'),
    ],
    logFile: join(work, 'ganesha.out'),
    ready: () => listening(NFS_SERVER, NFS_PORT),
    signal,
  })
  let front: Daemon | undefined

  const closePort = async (): Promise<void> => {
    await front?.stop()
    front = undefined
  }
  return {
    fileSystemId,
    folder: data,
    order() {
      cloud.fileSystems.set(fileSystemId, [mountTarget(MOUNT_TARGET, 'creating')])
    },
    async open() {
      if (front === undefined) {
        await network.addAddress(MOUNT_TARGET)
        front = await startDaemon({
          name: 'stunnel',
          argv: ['stunnel4', join(work, 'stunnel.conf')],
          logFile: join(work, 'stunnel.log'),
          ready: () => listening(MOUNT_TARGET, NFS_PORT),
          signal,
        })
      }
      await names.publish(name, MOUNT_TARGET)
      cloud.fileSystems.set(fileSystemId, [mountTarget(MOUNT_TARGET, 'available')])
    },
    closePort,
    async stop() {
      await closePort()
      await nfsServer.stop()
    },
  }
}
