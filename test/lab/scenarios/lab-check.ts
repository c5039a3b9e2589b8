import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EC2_NAMES, EFS_NAMES, fileSystemName } from '../addresses.ts'
import { FILE_SYSTEM_ID } from '../lab.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { type Look, waitFor } from '../wait.ts'

const USER_DATA = '#!/bin/sh\nset -eu\necho "user data ran as $(id -un)" > /root/user-data-ran\n'

const TUNNEL = `foreground = no
pid = /run/lab-check.pid
client = yes
[efs]
accept = 127.0.0.1:20049
connect = ${fileSystemName(FILE_SYSTEM_ID)}:2049
checkHost = ${fileSystemName(FILE_SYSTEM_ID)}
verifyChain = yes
CAfile = /etc/ssl/certs/ca-certificates.crt
`

const MOUNT_OPTIONS = 'nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport,port=20049'

/** The lab without the agent: what goes wrong here is the lab's fault. */
export const labCheck: Scenario = {
  name: 'lab-check',
  title: 'the lab itself: metadata, packages, EFS over TLS, a volume attached late',
  ci: { leftOut: 'first-boot stands on all of it' },
  async run({ lab }) {
    const { guest, root } = await timed('launch an instance', () => lab.launch(lab.prepared.images.bare, USER_DATA))
    await timed('boot until SSH answers', () => guest.boot([lab.instanceStore, root]))
    await timed('cloud-init ends', () => guest.run(['cloud-init', 'status', '--wait'], { deadlineMs: 240_000 }))
    assert.equal(await guest.readFile('/root/user-data-ran'), 'user data ran as root')
    assert.equal((await guest.run(['findmnt', '-no', 'SOURCE', '/'])).stdout, '/dev/nvme1n1')
    assert.equal((await guest.run(['hostname'])).stdout, 'ip-10-0-0-10')

    for (const name of [...EC2_NAMES, ...EFS_NAMES]) {
      const { stdout } = await guest.run(['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', `https://${name}/`])
      assert.equal(stdout, '403', `${name} refuses an unsigned request`)
    }
    assert.equal((await guest.run(['getent', 'hosts', 'job-1'], { ok: [2] })).stdout, '')
    assert.equal((await guest.run(['getent', 'hosts', fileSystemName(FILE_SYSTEM_ID)], { ok: [2] })).stdout, '')

    await timed('apt-get update', () => guest.run(['apt-get', 'update', '-q']))
    await timed('install stunnel4 and nfs-common', async () => {
      await guest.run(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-qy', 'stunnel4', 'nfs-common'])
    })
    await timed('mount EFS over TLS', async () => {
      lab.efs.order()
      await lab.efs.open()
      await guest.writeFile('/etc/stunnel/lab-check.conf', TUNNEL)
      await guest.run(['stunnel4', '/etc/stunnel/lab-check.conf'])
      await guest.run(['mkdir', '/mnt/work'])
      await guest.run(['mount', '-t', 'nfs4', '-o', MOUNT_OPTIONS, '127.0.0.1:/', '/mnt/work'], { deadlineMs: 60_000 })
      await guest.writeFile('/mnt/work/from-the-guest', 'one\n')
      assert.equal(await readFile(join(lab.efs.folder, 'from-the-guest'), 'utf8'), 'one\n')
      assert.equal((await guest.run(['stat', '-c', '%u', '/mnt/work/from-the-guest'])).stdout, '0')
      await writeFile(join(lab.efs.folder, 'from-outside'), 'two\n')
      assert.equal(await guest.readFile('/mnt/work/from-outside'), 'two')
    })
    await timed('attach the data volume', async () => {
      await lab.attachDataVolume(guest)
      await waitFor('the volume', { deadlineMs: 30_000, signal: lab.signal }, async (): Promise<Look<true>> => {
        const { stdout } = await guest.run(['lsblk', '-dno', 'NAME,SERIAL,SIZE'])
        return /^nvme2n1 vol0123456789abcdef0\s+1T$/m.test(stdout) ? { found: true } : { missing: stdout }
      })
    })
    await timed('shut down', () => guest.shutDown())
    await timed('boot with another disk order', () => guest.boot([lab.dataVolume, root, lab.instanceStore]))
    assert.equal((await guest.run(['lsblk', '-dno', 'SERIAL', '/dev/nvme0n1'])).stdout, 'vol0123456789abcdef0')
  },
}
