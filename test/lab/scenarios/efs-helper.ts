import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyWith, codeAtTheEnd, handBack } from '../agent-status.ts'
import { efsUtilsPackage, HELPER_SLEEPS } from '../efs-utils-package.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend, assertPackages } from '../frontend-assertions.ts'
import { timed } from '../print.ts'
import { type Scenario, theInstance } from '../scenario.ts'
import { efsWaits } from './efs-waits.ts'

const HELPER = '/sbin/mount.efs'
const FAILED = 1

export const efsHelper: Scenario = {
  name: 'efs-helper',
  title: "AWS's mount helper is installed from a file that is checked; one that only says that it mounts is caught",
  ci: { leftOut: 'it continues efs-waits' },
  after: efsWaits,
  async run(stage) {
    const { lab } = stage
    const { guest } = theInstance(stage)
    const folder = await mkdtemp(join(tmpdir(), 'lab-efs-utils-'))
    const { url, sha256 } = lab.mirror.addFile(await efsUtilsPackage(folder))
    const example = exampleConfig()

    async function applyWithPackage(changes: object, codes: readonly number[]): Promise<void> {
      const utilsPackage = { url, sha256, ...changes }
      const efs = { ...example.efs, client: 'efs-utils', utilsPackage, deadlineSeconds: 90 }
      await applyWith(guest, { ...example, efs }, codes)
    }

    await guest.run(['systemctl', 'stop', 'mnt-work.mount'])
    await timed('a file that is not where it was is waited for', () =>
      applyWithPackage({ url: `${url}.moved` }, [FAILED]),
    )
    assert.equal(await codeAtTheEnd(guest, 'efs'), 'EFS_UTILS_UNREACHABLE')

    const otherFile = { sha256: '0'.repeat(64) }
    await timed('another file than the configured one is refused', () => applyWithPackage(otherFile, [FAILED]))
    assert.equal(await codeAtTheEnd(guest, 'efs'), 'EFS_UTILS_DIFFERS')
    await guest.run(['test', '-e', HELPER], { ok: [1] })
    assert.equal((await guest.run(['find', '/var/cache/slurm-node-agent'], { ok: [0, 1] })).stdout, '')

    await guest.writeFile(HELPER_SLEEPS, '')
    await timed('a helper that mounts nothing is caught', () => applyWithPackage({}, [FAILED]))
    await assertPackages(guest, ['amazon-efs-utils'])
    assert.equal(await codeAtTheEnd(guest, 'efs'), 'EFS_HELPER_DID_NOT_MOUNT')
    await guest.run(['findmnt', '--mountpoint', example.efs.mountPoint], { ok: [1] })

    await guest.run(['rm', HELPER_SLEEPS])
    await timed('it mounts', () => applyWithPackage({}, [0]))
    await handBack(guest)
    await timed('all of it holds', () => assertFrontend(lab, guest, example))
  },
}
