import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { waitForStepCode } from '../agent-status.ts'
import { assertBareBelow, assertNothingThere } from '../bare-directory.ts'
import { blankDisk, type Disk, ebsSerial } from '../disk.ts'
import {
  ACCOUNTING_DEADLINE_MS,
  bootCluster,
  frontendOfCluster,
  JOB_SERVERS,
  waitForAll,
  waitForIdle,
} from '../example-cluster.ts'
import { DATA_VOLUME_ID, type Lab } from '../lab.ts'
import { boothook, multipart } from '../multipart.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { assertBothEnd, submitTwo, waitForRecordsOfBoth } from '../two-jobs.ts'
import { userDataFor } from '../user-data.ts'
import { pause } from '../wait.ts'

const [JOB_SERVER] = JOB_SERVERS
const OWN_VOLUME = 'vol-0fedcba9876543210'
const OWN_VOLUME_BYTES = 4 * 1024 ** 3
const OWN_LABEL = 'accounting'
const OWN_MOUNT_POINT = '/srv/accounting'
const LATE_MS = 60_000
/** What must not start on a bare directory. */
const DAEMONS = ['mariadb', 'slurmdbd', 'slurmctld', 'nfs-server'] as const

/** systemd gives the volume up long before it comes. */
const OWN_ENTRY = `#!/bin/sh
set -eu
grep -q ' ${OWN_MOUNT_POINT} ' /etc/fstab ||
  echo 'LABEL=${OWN_LABEL} ${OWN_MOUNT_POINT} ext4 nofail,x-systemd.device-timeout=15s 0 2' >>/etc/fstab
`

/** The state of slurmctld on the data volume, the database on a disk of its own. */
function config() {
  const cluster = frontendOfCluster()
  return {
    ...cluster,
    slurm: { ...cluster.slurm, stateSaveLocation: `${cluster.dataVolume.mountPoint}/slurmctld` },
    accounting: { enabled: true, directory: `${OWN_MOUNT_POINT}/mysql` },
  }
}

export const lateVolume: Scenario = {
  name: 'late-volume',
  title:
    'the front end reboots, and its volumes come 60 s late: slurmctld, slurmdbd, MariaDB and the NFS server wait for theirs, no job is lost',
  ci: { leftOut: 'it takes 12 minutes; the unit tests have each wait for a disk' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const detached = lab.cloud.volumes.get(DATA_VOLUME_ID)
    assert.ok(detached !== undefined, 'the lab has the data volume')
    const ownVolume = await newVolume(lab)
    const { frontEnd, jobServers } = await bootCluster(lab, {
      jobServers: [JOB_SERVER],
      userData: multipart([boothook(OWN_ENTRY), boothook(await userDataFor(lab, config()))]),
      moreDisks: [ownVolume],
      deadlineMs: ACCOUNTING_DEADLINE_MS,
    })
    const { guest, root } = frontEnd
    const [server] = jobServers
    assert.ok(server !== undefined)
    const jobs = await submitTwo(guest, signal)

    await timed('shut down', () => guest.shutDown())
    lab.cloud.volumes.set(DATA_VOLUME_ID, detached)
    await timed('boot without the volumes', () => guest.boot([lab.instanceStore, root]))
    await timed('a minute passes', () => pause(LATE_MS, signal))
    await waitForStepCode(guest, 'data-volume', 'DATA_VOLUME_NOT_ATTACHED', { deadlineMs: 240_000, signal })
    await waitForStepCode(guest, 'accounting-database', 'ACCOUNTING_DISK_NOT_MOUNTED', { deadlineMs: 240_000, signal })
    const mountPoints = [OWN_MOUNT_POINT, config().dataVolume.mountPoint]
    const { stdout: states } = await guest.run(['systemctl', 'is-active', ...DAEMONS], { ok: 'any' })
    assert.deepEqual(
      states.split('\n'),
      DAEMONS.map(() => 'inactive'),
      'none has started, or died of it',
    )
    for (const mountPoint of mountPoints) await assertNothingThere(guest, mountPoint)

    await lab.attachDataVolume(guest)
    await guest.plug(ownVolume)
    await waitForAll([frontEnd], signal)
    for (const mountPoint of mountPoints) await assertBareBelow(guest, mountPoint)
    await assertBothEnd(guest, server.guest, jobs, signal)
    await timed('both are recorded', () => waitForRecordsOfBoth(guest, jobs, JOB_SERVER, signal))
    await timed('the node is idle', () => waitForIdle(guest, 1, signal))
  },
}

/** Made by a person. */
async function newVolume(lab: Lab): Promise<Disk> {
  const file = join(dirname(lab.dataVolume.file), 'own-volume')
  const disk = await blankDisk(file, ebsSerial(OWN_VOLUME), OWN_VOLUME_BYTES)
  await execa('mkfs.ext4', ['-q', '-L', OWN_LABEL, file])
  return disk
}
