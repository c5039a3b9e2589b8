import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MIRROR_NAME } from './addresses.ts'

interface ImageFile {
  readonly path: string
  readonly content: string
  readonly mode?: number
}

const CLOUD_INIT = `# EC2's metadata service is the only source: looking for others costs minutes.
datasource_list: [Ec2]
datasource:
  Ec2:
    strict_id: false
    timeout: 10
    max_wait: 60
# As in Debian's official cloud images: /etc/hosts is rendered anew at every boot.
manage_etc_hosts: true
apt:
  preserve_sources_list: true
disable_root: false
locale: false
# An RSA host key takes seconds under emulation.
ssh_genkeytypes: [ed25519]
`

/**
 * For all services. With more threads, dpkg-deb takes three times as long to unpack a large package: each page that one
 * of them gives back costs the other emulated processor its TLB.
 */
const SYSTEMD = '[Manager]\nDefaultEnvironment=DPKG_DEB_THREADS_MAX=1\n'

const FSTAB = 'LABEL=root / ext4 rw,discard,errors=remount-ro 0 1\n'

/** What the lab lays over a bare Debian, so that it takes part in the lab's VPC and can be driven. */
export function imageFiles(authorityCertificate: string, sshPublicKey: string): readonly ImageFile[] {
  return [
    { path: 'etc/apt/sources.list', content: `deb [trusted=yes] http://${MIRROR_NAME}/debian ./\n` },
    { path: 'etc/cloud/cloud.cfg.d/99-lab.cfg', content: CLOUD_INIT },
    { path: 'etc/fstab', content: FSTAB },
    { path: 'etc/systemd/system.conf.d/lab.conf', content: SYSTEMD },
    // Empty, so that the first boot makes one; "uninitialized" would also make systemd enable every unit anew.
    { path: 'etc/machine-id', content: '' },
    { path: 'etc/hosts', content: '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' },
    {
      path: 'etc/network/interfaces',
      content: 'source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n',
    },
    { path: 'root/.ssh/authorized_keys', content: sshPublicKey, mode: 0o600 },
    { path: 'usr/local/share/ca-certificates/lab.crt', content: authorityCertificate },
  ]
}

export async function writeImageFiles(root: string, files: readonly ImageFile[]): Promise<void> {
  for (const { path, content, mode } of files) {
    const target = join(root, path)
    await mkdir(dirname(target), { recursive: true, mode: path.startsWith('root/') ? 0o700 : 0o755 })
    await writeFile(target, content, { mode: mode ?? 0o644 })
  }
}
