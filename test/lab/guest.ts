import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Instance } from './cloud.ts'
import type { Disk } from './disk.ts'
import type { Image } from './image.ts'
import { type Machine, powerOn } from './machine.ts'
import { print } from './print.ts'
import { SSH_FAILED, type Ssh, ssh } from './ssh.ts'
import { type Look, pause, waitFor } from './wait.ts'

/** An instance: a machine that is on or off, and the way into it. */
export interface Guest extends Pick<Ssh, 'run' | 'show' | 'follow'>, Pick<Machine, 'plug' | 'slowDown' | 'unplug'> {
  readonly instance: Instance
  isOn(): boolean
  /** Switches it on with these disks, in the order in which the kernel shall find them, and waits for SSH. */
  boot(disks: readonly Disk[]): Promise<void>
  readFile(path: string): Promise<string>
  writeFile(path: string, content: string): Promise<void>
  /** An orderly shutdown, from inside. */
  shutDown(): Promise<void>
  cutPower(): Promise<void>
  /** The end of what the serial console said since the last boot. */
  consoleTail(lines: number): Promise<string>
}

export interface GuestOptions {
  readonly instance: Instance
  readonly image: Image
  readonly tap: string
  readonly folder: string
  /** Where sockets live; a path short enough for them. */
  readonly socketFolder: string
  readonly sshKey: string
  readonly signal: AbortSignal
}

/** Three at once beside a busy host take four minutes each. */
const BOOT_DEADLINE_MS = 480_000
/** It takes 5 s, and three guests at once some more. */
const KERNEL_DEADLINE_MS = 90_000
const SHUTDOWN_DEADLINE_MS = 120_000

export function newGuest(options: GuestOptions): Guest {
  const { instance, image, folder, signal } = options
  const console = join(folder, 'console.log')
  const channel = ssh(options.sshKey, instance.address, join(options.socketFolder, 'ssh'), signal)
  let machine: Machine | undefined

  const running = (): Machine => {
    if (machine === undefined) throw new Error(`${instance.instanceId} is switched off`)
    return machine
  }
  const off = async (): Promise<void> => {
    await channel.close()
    await machine?.cutPower()
    machine = undefined
  }
  const answers = async (): Promise<Look<true>> => {
    const { exitCode, stderr } = await channel.run(['true'], { ok: [0, SSH_FAILED], deadlineMs: 60_000 })
    return exitCode === 0 ? { found: true } : { missing: stderr }
  }
  return {
    instance,
    isOn: () => machine !== undefined,
    run: channel.run,
    show: channel.show,
    follow: channel.follow,
    async boot(disks) {
      const { instanceId, instanceType, mac } = instance
      const { kernel, initrd } = image
      const { tap } = options
      const monitor = join(options.socketFolder, 'qmp')
      const hardware = { kernel, initrd, disks, mac, tap, instanceId, instanceType, monitor, console }
      const on = () => powerOn(hardware, join(folder, 'qemu.log'), signal)
      await off()
      machine = await on()
      if (!(await reachesInit(console, signal))) {
        print(`  ${instanceId}: the emulated kernel hangs before its first process, and is started once more`)
        await off()
        machine = await on()
      }
      await waitFor(`${instance.instanceId} to answer SSH`, { deadlineMs: BOOT_DEADLINE_MS, signal }, answers)
      channel.keepOpen()
    },
    async plug(disk) {
      await running().plug(disk)
    },
    async slowDown(disk, operations) {
      await running().slowDown(disk, operations)
    },
    async unplug(disk) {
      await running().unplug(disk)
    },
    async readFile(path) {
      return (await channel.run(['cat', path])).stdout
    },
    async writeFile(path, content) {
      await channel.run(['dd', `of=${path}`, 'status=none'], { stdin: content })
    },
    async shutDown() {
      const { poweredOff } = running()
      // The connection may end before the command does.
      await channel.run(['systemctl', 'poweroff'], { ok: [0, SSH_FAILED] })
      await Promise.race([poweredOff, deadline(SHUTDOWN_DEADLINE_MS, 'the guest to switch itself off', signal)])
      await off()
    },
    cutPower: off,
    async consoleTail(lines) {
      const text = await readFile(console, 'utf8').catch(() => '(no console output)')
      return text.trimEnd().split('\n').slice(-lines).join('\n')
    },
  }
}

/**
 * In one boot of some hundreds the kernel hangs as it patches its own code (`sched_clock: Marking stable` is the last
 * that it says), which QEMU's one thread a processor does not always survive. No process has run then, and no disk was
 * written: it is the emulator's fault, not that of what is shown here.
 */
async function reachesInit(console: string, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + KERNEL_DEADLINE_MS
  while (performance.now() < end) {
    const said = await readFile(console, 'utf8').catch(() => '')
    if (said.includes('Run /init as init process')) return true
    await pause(500, signal)
  }
  return false
}

async function deadline(deadlineMs: number, what: string, signal: AbortSignal): Promise<void> {
  await waitFor<never>(what, { deadlineMs, signal }, async () => ({ missing: 'it still runs' }))
}
