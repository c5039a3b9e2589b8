import { mkdir, mkdtemp, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { API_ENDPOINT, EC2_NAMES, EFS_NAMES, MIRROR, MIRROR_NAME, privateName, ZONE } from './addresses.ts'
import { startAwsApi } from './aws-api.ts'
import { type AttachmentState, type Cloud, type Instance, newCloud } from './cloud.ts'
import { blankDisk, type Disk, ebsSerial, rootDisk } from './disk.ts'
import { startNameService } from './dnsmasq.ts'
import { type Efs, startEfs } from './efs.ts'
import { type Guest, newGuest } from './guest.ts'
import type { Image } from './image.ts'
import { startMetadata } from './metadata.ts'
import { type Download, type Mirror, startMirror } from './mirror.ts'
import { startNetwork } from './network.ts'
import type { Prepared } from './preparation.ts'

export const FILE_SYSTEM_ID = 'fs-0123456789abcdef0'
export const DATA_VOLUME_ID = 'vol-0123456789abcdef0'
export const DATA_VOLUME_DEVICE = '/dev/sdf'
const GIB = 1024 ** 3
export const DATA_VOLUME_GIB = 1024

/** One EC2, whole: its network and services, and the instances that a scenario launches in it. */
export interface Lab extends AsyncDisposable {
  readonly prepared: Prepared
  readonly cloud: Cloud
  readonly efs: Efs
  readonly mirror: Mirror
  readonly downloads: { readonly node: Download; readonly agent: Download | undefined }
  readonly dataVolume: Disk
  readonly instanceStore: Disk
  readonly signal: AbortSignal
  /** Every instance launched so far. */
  readonly launched: readonly Launched[]
  /** A new instance with a root disk of its own, switched off; at an address of its own, or that of one that is gone. */
  launch(image: Image, userData: Instance['userData'], at?: { readonly address: string }): Promise<Launched>
  /** Attaches the data volume: in the API's books, and to a guest that runs. One that is off gets it by `boot`. */
  attachDataVolume(guest: Guest): Promise<void>
  /** Makes it larger, or smaller at the cost of its end, in the API's books, too: while no guest that has it is on. */
  resizeDataVolume(sizeGiB: number): Promise<void>
}

export interface Launched {
  readonly guest: Guest
  readonly root: Disk
}

/** Builds the EC2 inside the network namespace that this process is alone in. */
export async function startLab(prepared: Prepared, runFolder: string, signal: AbortSignal): Promise<Lab> {
  await using started = new AsyncDisposableStack()
  const work = await mkdtemp(join(runFolder, 'lab-'))
  const sockets = await mkdtemp('/run/lab-')
  const cloud = newCloud()

  const network = await startNetwork()
  started.defer(() => network.stop())
  const names = await startNameService(work, network.bridge, signal)
  started.defer(() => names.stop())
  for (const name of [...EC2_NAMES, ...EFS_NAMES]) await names.publish(name, API_ENDPOINT)
  await names.publish(MIRROR_NAME, MIRROR)
  const metadata = await startMetadata(cloud)
  started.defer(() => metadata.stop())
  const api = await startAwsApi(cloud, prepared.authority, work)
  started.defer(() => api.stop())
  const mirror = await startMirror(prepared.authority, work)
  started.defer(() => mirror.stop())
  mirror.addFolder('debian', prepared.debs)
  const efsFolder = join(work, 'efs')
  await mkdir(efsFolder)
  const efs = await startEfs({
    fileSystemId: FILE_SYSTEM_ID,
    folder: efsFolder,
    authority: prepared.authority,
    network,
    names,
    cloud,
    signal,
  })
  started.defer(() => efs.stop())

  const dataVolume = await blankDisk(join(work, 'data-volume'), ebsSerial(DATA_VOLUME_ID), DATA_VOLUME_GIB * GIB)
  const instanceStore = await blankDisk(join(work, 'instance-store'), 'AWS0123456789ABCDEF0', 64 * GIB)
  const volume = { volumeId: DATA_VOLUME_ID, sizeGiB: DATA_VOLUME_GIB, zone: ZONE }
  cloud.volumes.set(DATA_VOLUME_ID, { ...volume, state: 'available' })
  const record = (instanceId: string, device: string, state: AttachmentState): void => {
    const attachment = { instanceId, device, state, attachTime: new Date().toISOString() }
    cloud.volumes.set(DATA_VOLUME_ID, { ...volume, ...cloud.volumes.get(DATA_VOLUME_ID), state: 'in-use', attachment })
  }
  const resizeDataVolume = async (sizeGiB: number): Promise<void> => {
    await truncate(dataVolume.file, sizeGiB * GIB)
    cloud.volumes.set(DATA_VOLUME_ID, { state: 'available', ...volume, ...cloud.volumes.get(DATA_VOLUME_ID), sizeGiB })
  }
  const launched: Launched[] = []
  cloud.attach = async (_volumeId, instanceId, device) => {
    record(instanceId, device, 'attaching')
    const found = launched.find(({ guest }) => guest.instance.instanceId === instanceId)
    if (found?.guest.isOn() === true) await found.guest.plug(dataVolume)
    record(instanceId, device, 'attached')
  }

  const owned = started.move()
  return {
    prepared,
    cloud,
    efs,
    mirror,
    downloads: {
      node: mirror.addFile(prepared.nodeTarball),
      agent: prepared.agentTarball === undefined ? undefined : mirror.addFile(prepared.agentTarball),
    },
    dataVolume,
    instanceStore,
    signal,
    launched,
    async launch(image, userData, at) {
      const number = launched.length
      const instance = newInstance(number, userData, at?.address)
      const folder = join(work, instance.instanceId)
      const socketFolder = join(sockets, String(number))
      await mkdir(folder)
      await mkdir(socketFolder)
      const tap = `tap${number}`
      await network.addTap(tap)
      owned.defer(() => network.removeTap(tap))
      await names.addLease({ mac: instance.mac, address: instance.address, hostname: privateName(instance.address) })
      cloud.instances.set(instance.instanceId, instance)
      const guest = newGuest({ instance, image, tap, folder, socketFolder, sshKey: prepared.authority.sshKey, signal })
      owned.defer(() => guest.cutPower())
      const result = { guest, root: await rootDisk(join(folder, 'root.qcow2'), image.disk) }
      launched.push(result)
      return result
    },
    resizeDataVolume,
    async attachDataVolume(guest) {
      await cloud.attach(DATA_VOLUME_ID, guest.instance.instanceId, DATA_VOLUME_DEVICE)
    },
    async [Symbol.asyncDispose]() {
      await owned.disposeAsync()
    },
  }
}

function newInstance(number: number, userData: Instance['userData'], address = `10.0.0.${10 + number}`): Instance {
  if (Buffer.byteLength(userData) > 16 * 1024) throw new Error('user data is limited to 16 KiB')
  const tail = String(number).padStart(2, '0')
  return {
    instanceId: `i-0123456789abcde${tail}`,
    instanceType: 'm6i.large',
    address,
    mac: `02:00:0a:00:00:${tail}`,
    launchTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    userData,
    state: 'running',
  }
}
