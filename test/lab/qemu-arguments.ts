import type { Disk } from './disk.ts'

export interface MachineOptions {
  readonly kernel: string
  readonly initrd: string
  /** In the order in which the guest's kernel finds them: the first is nvme0. */
  readonly disks: readonly Disk[]
  readonly mac: string
  readonly tap: string
  readonly instanceId: string
  readonly instanceType: string
  readonly monitor: string
  readonly console: string
}

/** How many disks can be plugged in while the guest runs. */
export const HOT_PLUG_PORTS = 4

const CPUS = 2
const MEMORY_MIB = 2048

/** The kernel numbers NVMe controllers by PCI address: disks at the start come before those plugged in later. */
const FIRST_DISK_SLOT = 0x10
const FIRST_PORT_SLOT = 0x18

/** ds-identify and cloud-init take a machine for EC2 by a UUID that begins with ec2 and equals the serial. */
function smbiosUuid(instanceId: string): string {
  const digits = instanceId.replace('i-', '').padStart(17, '0')
  return `ec2a0000-0000-4000-${digits.slice(1, 5)}-${digits.slice(5, 17)}`
}

export function blockNode(disk: Disk): Record<string, unknown> {
  return {
    'node-name': disk.serial,
    driver: disk.format,
    // The guest's zeroes and discards become holes: a formatted TiB stays small on the host.
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    // A flush is a host's disk flush, ten times slower than EBS's. A killed QEMU loses nothing by leaving it out: what
    // the guest has handed over is the host's to keep.
    cache: { 'no-flush': true },
    file: { driver: 'file', filename: disk.file, discard: 'unmap', cache: { 'no-flush': true } },
  }
}

/** Software emulation only: the lab must give the same result wherever it runs. */
export function qemuArguments(options: MachineOptions): string[] {
  const uuid = smbiosUuid(options.instanceId)
  const argv = [
    ['-name', options.instanceId, '-nodefaults', '-no-user-config', '-display', 'none'],
    // Not `max`: with AVX to emulate, glibc's string functions make everything a third slower.
    ['-machine', 'q35', '-cpu', 'Nehalem', '-accel', 'tcg,thread=multi'],
    ['-smp', String(CPUS), '-m', String(MEMORY_MIB)],
    ['-smbios', `type=1,manufacturer=Amazon EC2,product=${options.instanceType},uuid=${uuid},serial=${uuid}`],
    ['-kernel', options.kernel, '-initrd', options.initrd],
    // No page table isolation, which an m6i's processor does not need: emulated, it costs a TLB at each system call.
    ['-append', 'root=LABEL=root ro console=ttyS0 net.ifnames=0 nvme_core.io_timeout=4294967295 mitigations=off'],
    ['-serial', `file:${options.console}`],
    ['-qmp', `unix:${options.monitor},server=on,wait=off`],
    ['-device', 'virtio-rng-pci'],
    ['-netdev', `tap,id=net0,ifname=${options.tap},script=no,downscript=no`],
    // Without a boot ROM: nothing boots from this network.
    ['-device', `virtio-net-pci,netdev=net0,mac=${options.mac},romfile=`],
  ].flat()
  for (const [index, disk] of options.disks.entries()) {
    argv.push('-blockdev', JSON.stringify(blockNode(disk)))
    const address = (FIRST_DISK_SLOT + index).toString(16)
    argv.push('-device', `nvme,id=${disk.serial},drive=${disk.serial},serial=${disk.serial},addr=0x${address}`)
  }
  for (let port = 0; port < HOT_PLUG_PORTS; port += 1) {
    const address = (FIRST_PORT_SLOT + port).toString(16)
    argv.push('-device', `pcie-root-port,id=port${port},chassis=${port + 1},slot=${port + 1},addr=0x${address}`)
  }
  return argv
}
