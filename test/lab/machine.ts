import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import type { Disk } from './disk.ts'
import { blockNode, HOT_PLUG_PORTS, type MachineOptions, qemuArguments } from './qemu-arguments.ts'
import { connectQmp } from './qmp.ts'
import { type Look, waitFor } from './wait.ts'

/** One run of a QEMU: from power on to power off. */
export interface Machine {
  /** Attaches a disk to the running guest. */
  plug(disk: Disk): Promise<void>
  /** Lets the disk do no more than this much a second. */
  slowDown(disk: Disk, operations: number): Promise<void>
  /** Takes a plugged disk away, as EC2 does with a forced detachment. */
  unplug(disk: Disk): Promise<void>
  /** Takes the power away: what the guest had not written is lost. */
  cutPower(): Promise<void>
  /** Resolves when the guest has switched itself off. */
  readonly poweredOff: Promise<void>
}

export async function powerOn(options: MachineOptions, logFile: string, signal: AbortSignal): Promise<Machine> {
  const child = execa('qemu-system-x86_64', qemuArguments(options), {
    stdin: 'ignore',
    stdout: { file: logFile, append: true },
    stderr: { file: logFile, append: true },
    buffer: false,
    reject: false, // ended by cutPower as a rule
  })
  const poweredOff = child.then(() => undefined)
  const monitor = await Promise.race([
    connectQmp(options.monitor, signal),
    poweredOff.then(async () => {
      throw new Error(`QEMU ended at its start: ${await readFile(logFile, 'utf8')}`)
    }),
  ])
  let nextPort = 0
  return {
    poweredOff,
    async plug(disk) {
      if (nextPort >= HOT_PLUG_PORTS) throw new Error(`no more than ${HOT_PLUG_PORTS} disks can be plugged in`)
      await monitor.execute('blockdev-add', blockNode(disk))
      const { serial } = disk
      await monitor.execute('device_add', { driver: 'nvme', id: serial, drive: serial, serial, bus: `port${nextPort}` })
      nextPort += 1
    },
    async slowDown({ serial }, iops) {
      const unlimited = { bps: 0, bps_rd: 0, bps_wr: 0, iops_rd: 0, iops_wr: 0 }
      await monitor.execute('block_set_io_throttle', { id: serial, ...unlimited, iops })
    },
    async unplug({ serial }) {
      await monitor.execute('device_del', { id: serial })
      const node = { 'node-name': serial }
      await waitFor('the guest to let go of the disk', { deadlineMs: 120_000, signal }, () =>
        monitor.execute('blockdev-del', node).then(
          (): Look<true> => ({ found: true }),
          (error: unknown): Look<true> => ({ missing: String(error) }),
        ),
      )
    },
    async cutPower() {
      child.kill('SIGKILL')
      await poweredOff
      monitor.close()
    },
  }
}
