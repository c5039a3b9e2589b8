import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileSystemName, MOUNT_TARGET, NFS_SERVER } from './addresses.ts'
import { type Authority, issueCertificate } from './authority.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { listening } from './listening.ts'
import type { Network } from './network.ts'
import { NFS_PORT } from './nfs-server.ts'

/**
 * What the port of the mount target does with a connection: TLS, a refusal, no answer at all, as a security group has
 * it, or an answer by TCP and none by TLS.
 */
export type Port = 'open' | 'closed' | 'silent' | 'mute'

/** The TLS end of an EFS mount target, in front of the NFS server. */
export interface Front {
  become(port: Port, certificate: CertificateOf): Promise<void>
  stop(): Promise<void>
}

/** Both are of an authority that the guests trust. */
export type CertificateOf = 'the-file-system' | 'another'

export interface FrontOptions {
  readonly fileSystemId: string
  readonly folder: string
  readonly authority: Authority
  readonly network: Network
  readonly signal: AbortSignal
}

const ANOTHER = 'fs-ffffffffffffffff0'

function configuration(chain: string, key: string): string {
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

/** Closed, and without an address, until it becomes something else. */
export async function mountTargetFront(options: FrontOptions): Promise<Front> {
  const { fileSystemId, folder, authority, network, signal } = options
  for (const [label, id] of [
    ['the-file-system', fileSystemId],
    ['another', ANOTHER],
  ] as const) {
    const { chain, key } = await issueCertificate(authority, folder, label, [fileSystemName(id)])
    await writeFile(configurationFile(label), configuration(chain, key))
  }
  let running: { readonly daemon: Daemon; readonly certificate: CertificateOf } | undefined
  let hasAddress = false
  let now: Port = 'closed'

  function configurationFile(certificate: CertificateOf): string {
    return join(folder, `${certificate}.conf`)
  }

  async function stop(): Promise<void> {
    await running?.daemon.stop()
    running = undefined
  }

  async function start(certificate: CertificateOf): Promise<Daemon> {
    if (running?.certificate === certificate) return running.daemon
    await stop()
    const daemon = await startDaemon({
      name: 'stunnel',
      argv: ['stunnel4', configurationFile(certificate)],
      logFile: join(folder, 'stunnel.log'),
      ready: () => listening(MOUNT_TARGET, NFS_PORT),
      signal,
    })
    running = { daemon, certificate }
    return daemon
  }

  return {
    async become(port, certificate) {
      if (!hasAddress) await network.addAddress(MOUNT_TARGET)
      hasAddress = true
      if (now === 'silent') await network.unsilence(MOUNT_TARGET)
      if (now === 'mute') running?.daemon.resume()
      now = port
      switch (port) {
        case 'open':
          await start(certificate)
          break
        case 'closed':
          await stop()
          break
        case 'silent':
          await network.silence(MOUNT_TARGET)
          break
        case 'mute': {
          const daemon = await start(certificate)
          daemon.pause()
        }
      }
    },
    stop,
  }
}
