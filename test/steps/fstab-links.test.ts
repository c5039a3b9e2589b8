import { expect, test } from 'vitest'
import { fstabLinks } from '../../src/steps/fstab-links.ts'
import { fakeHost } from '../fake-host.ts'
import { link } from './data-volume-sights.ts'

const path = '/dev/disk/by-path/pci-0000:00:1f.0-nvme-1'
const fstab = `# /dev/sdz /z ext4
UUID=root / ext4 defaults 0 1
UUID=ours /mnt/shared ext4 defaults,x-slurm-node-agent 0 2
/dev/sdf /data ext4 defaults 0 2
${path} /path ext4 noauto 0 0
PARTUUID="0a1b-01" /part ext4 defaults 0 2
LABEL=gone /gone ext4 nofail 0 2
/dev/nvme2n1 /raw ext4 defaults 0 2
fs-1:/ /mnt/work efs _netdev,tls 0 0
`

test('what others name in /etc/fstab is followed to its device by the links of udev, and nothing else is looked at', async () => {
  const host = fakeHost({
    stats: {
      '/dev/disk/by-uuid/root': link('../../nvme0n1p1'),
      '/dev/sdf': link('nvme2n1'),
      [path]: link('../../nvme2n1'),
      '/dev/disk/by-partuuid/0a1b-01': link('../../nvme2n1p1'),
      '/dev/disk/by-label/gone': undefined,
      '/dev/nvme2n1': { kind: 'block-device', mode: 0o660, owner: 'root:disk', sizeBytes: 0, changedAtMs: 0 },
    },
  })
  expect([...(await fstabLinks(fstab, host))]).toEqual([
    ['UUID=root', 'nvme0n1p1'],
    ['/dev/sdf', 'nvme2n1'],
    [path, 'nvme2n1'],
    ['PARTUUID=0a1b-01', 'nvme2n1p1'],
  ])
})
