import { installPackages, missingPackages } from './debian-packages.ts'

/** What the tests of real disks, tunnels and scripts are made with. */
const PACKAGES = [
  'bcache-tools',
  'btrfs-progs',
  'ca-certificates',
  'cryptsetup-bin',
  'dmsetup',
  'dosfstools',
  'e2fsprogs',
  'exfatprogs',
  'f2fs-tools',
  'genisoimage',
  'jfsutils',
  'kmod',
  'lvm2',
  'mdadm',
  'nilfs-tools',
  'ntfs-3g',
  'openssl',
  'shellcheck',
  'squashfs-tools',
  'stunnel4',
  'strace',
  'udftools',
  'util-linux',
  'util-linux-extra',
  'xfsprogs',
  // A kernel with what the machine's own may lack. Debian has it for no other processor.
  ...(process.arch === 'x64' ? ['user-mode-linux'] : []),
]

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
