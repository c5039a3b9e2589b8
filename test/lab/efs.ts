import { fileSystemName, MOUNT_TARGET } from './addresses.ts'
import type { Authority } from './authority.ts'
import { type Cloud, type MountTarget, mountTarget } from './cloud.ts'
import type { NameService } from './dnsmasq.ts'
import { type CertificateOf, mountTargetFront, type Port } from './mount-target.ts'
import type { Network } from './network.ts'
import { type Serving, startNfsServer } from './nfs-server.ts'

/** Where the file system stands, on the way from the API to the files. */
export interface EfsState {
  /** What the API lists; undefined: nothing. */
  readonly mountTarget: MountTarget | undefined
  /** Whether the name resolves. */
  readonly named: boolean
  readonly port: Port
  readonly certificate: CertificateOf
  readonly serves: Serving
}

/** One EFS file system, seen from outside. */
export interface Efs {
  readonly fileSystemId: string
  /** The share's content on the lab's side. */
  readonly folder: string
  /** The mount target is ordered, but not there yet: the API says `creating`, the name does not resolve. */
  order(): void
  /** The mount target becomes available: address, TLS, name, in the API too. */
  open(): Promise<void>
  /** As it is when it is open, but for this. */
  become(but: Partial<EfsState>): Promise<void>
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

const OPEN: EfsState = {
  mountTarget: mountTarget(MOUNT_TARGET, 'available'),
  named: true,
  port: 'open',
  certificate: 'the-file-system',
  serves: 'all',
}

/** There is no mount target until one is ordered or opened. */
export async function startEfs(options: EfsOptions): Promise<Efs> {
  const { fileSystemId, folder, names, cloud, signal } = options
  const name = fileSystemName(fileSystemId)
  const server = await startNfsServer(folder, signal)
  const front = await mountTargetFront(options)
  const list = (found: MountTarget | undefined): void => {
    cloud.fileSystems.set(fileSystemId, found === undefined ? [] : [found])
  }
  list(undefined)

  async function become(but: Partial<EfsState>): Promise<void> {
    const state = { ...OPEN, ...but }
    await server.become(state.serves)
    await front.become(state.port, state.certificate)
    await (state.named ? names.publish(name, MOUNT_TARGET) : names.withdraw(name))
    // Last: who reads that it is available finds it so.
    list(state.mountTarget)
  }

  return {
    fileSystemId,
    folder: server.folder,
    order() {
      list(mountTarget(MOUNT_TARGET, 'creating'))
    },
    open: () => become({}),
    become,
    async stop() {
      await front.stop()
      await server.stop()
    },
  }
}
