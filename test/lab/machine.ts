import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import type { Disk } from './disk.ts'
import { blockNode, HOT_PLUG_PORTS, type MachineOptions, qemuArguments } from './qemu-arguments.ts'
import { connectQmp } from './qmp.ts'

/** One run of a QEMU: from power on to power off. */
export interface Machine {
  /** Attaches a disk to the running guest. */
  plug(disk: Disk): Promise<void>
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
    async cutPower() {
      child.kill('SIGKILL')
      await poweredOff
      monitor.close()
    },
  }
}
