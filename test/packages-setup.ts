import { installPackages, missingPackages } from './debian-packages.ts'

/** What the tests of real disks, tunnels and scripts are made with. */
const PACKAGES = [
  'btrfs-progs',
  'cryptsetup-bin',
  'dmsetup',
  'dosfstools',
  'e2fsprogs',
  'lvm2',
  'mdadm',
  'openssl',
  'shellcheck',
  'stunnel4',
  'strace',
  'util-linux',
  'xfsprogs',
] as const

const INSTALL_DEADLINE_MS = 600_000

/** Before the first test: installs what the machine lacks. Where that may not be done, tests that need it say so. */
export async function setup(): Promise<void> {
  const missing = await missingPackages(PACKAGES)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0) {
    process.stderr.write(`not root, so these Debian packages are not installed: ${missing.join(' ')}\n`)
    return
  }
  process.stderr.write(`installing what the tests need: ${missing.join(' ')}\n`)
  await installPackages(missing, AbortSignal.timeout(INSTALL_DEADLINE_MS))
}
