import { expect, test } from 'vitest'
import { type Action, labelOf } from '../../src/engine/action.ts'

const because = 'it is not there'
const owner = { user: 'root', group: 'root' }
const sha256 = 'a'.repeat(64)

test.each<[string, Action]>([
  ['systemctl start munge', { do: 'exec', argv: ['systemctl', 'start', 'munge'], because }],
  ['write /etc/hosts', { do: 'write', path: '/etc/hosts', content: 'x', was: undefined, mode: 0o644, because }],
  ['mkdir /mnt/work', { do: 'mkdir', path: '/mnt/work', mode: 0o755, because }],
  ['remove /etc/x', { do: 'remove', path: '/etc/x', because }],
  ['permit /etc/x', { do: 'permit', path: '/etc/x', mode: 0o400, owner, because }],
  ['symlink /mnt/work/current -> k.key', { do: 'symlink', path: '/mnt/work/current', target: 'k.key', because }],
  ['make-secret in /mnt/work', { do: 'make-secret', directory: '/mnt/work', sizeBytes: 1024, because }],
  ['copy-secret /a to /b', { do: 'copy-secret', from: '/a', to: '/b', sha256, mode: 0o400, owner, because }],
  ['download https://a/b to /b', { do: 'download', url: 'https://a/b', path: '/b', sha256, mostBytes: 1, because }],
  ['write-test in /mnt/work', { do: 'write-test', directory: '/mnt/work', whileMounted: '/mnt/work', because }],
  [
    'attach-volume vol-0123456789abcdef0 to i-0123456789abcdef0 as /dev/sdf',
    {
      do: 'attach-volume',
      volumeId: 'vol-0123456789abcdef0',
      instanceId: 'i-0123456789abcdef0',
      deviceName: '/dev/sdf',
      because,
    },
  ],
  ['rescan-pci', { do: 'rescan-pci', attachedForMs: 20_000, because }],
  [
    'format /dev/nvme1n1 (vol-0123456789abcdef0) as ext4',
    {
      do: 'format',
      device: '/dev/nvme1n1',
      volumeId: 'vol-0123456789abcdef0',
      instanceId: 'i-0123456789abcdef0',
      sizeBytes: 1,
      fileSystem: 'ext4',
      intent: undefined,
      consentedFindings: undefined,
      because,
    },
  ],
])('an action reads as "%s"', (label, action) => {
  expect(labelOf(action)).toBe(label)
})
