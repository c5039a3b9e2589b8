import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

/** While it is there, the helper says that it cannot mount yet, and calls that a success. */
export const HELPER_SLEEPS = '/run/lab-mount-efs-sleeps'

const MOUNT_EFS = fileURLToPath(new URL('old-script/mount-efs.sh', import.meta.url))

/** As AWS's helper does where network.target is not active. */
const HELPER = `#!/bin/sh
if [ -e ${HELPER_SLEEPS} ]; then
  echo "Failed to mount $1 because the network was not yet available" >&2
  exit 0
fi
exec /usr/lib/lab-mount-efs "$@"
`

const CONTROL = `Package: amazon-efs-utils
Version: 3.2.0-1
Architecture: all
Maintainer: the lab <root@localhost>
Depends: stunnel4, nfs-common
Description: stands in for AWS's mount helper
`

/** A .deb with a stand-in for AWS's mount helper. */
export async function efsUtilsPackage(folder: string): Promise<string> {
  const root = join(folder, 'amazon-efs-utils')
  for (const directory of ['DEBIAN', 'sbin', 'usr/lib']) await mkdir(join(root, directory), { recursive: true })
  await writeFile(join(root, 'DEBIAN/control'), CONTROL)
  await writeFile(join(root, 'sbin/mount.efs'), HELPER)
  await copyFile(MOUNT_EFS, join(root, 'usr/lib/lab-mount-efs'))
  for (const program of ['sbin/mount.efs', 'usr/lib/lab-mount-efs']) await chmod(join(root, program), 0o755)
  const deb = join(folder, 'amazon-efs-utils-3.2.0-1_all.deb')
  await execa('dpkg-deb', ['--build', '--root-owner-group', root, deb])
  return deb
}
