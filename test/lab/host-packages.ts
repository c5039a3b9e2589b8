import { installPackages, missingPackages } from '../debian-packages.ts'
import { print, timed } from './print.ts'

/** Debian's names of what the lab runs on its own machine. */
const PACKAGES = [
  'apt-utils',
  'ca-certificates',
  'debian-archive-keyring',
  'dnsmasq-base',
  'e2fsprogs',
  'iproute2',
  'mmdebstrap',
  'mount',
  'nfs-ganesha',
  'nfs-ganesha-vfs',
  'openssh-client',
  'openssl',
  'qemu-system-x86',
  'qemu-utils',
  'stunnel4',
  'tar',
  'util-linux',
  'xfsprogs',
] as const

export async function installHostPackages(signal: AbortSignal): Promise<void> {
  const missing = await missingPackages(PACKAGES)
  if (missing.length === 0) return
  print(`The machine lacks: ${missing.join(' ')}`)
  await timed('install them', () => installPackages(missing, signal))
}
