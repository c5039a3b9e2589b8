import { describe, expect, test } from 'vitest'
import type { Action, ActionOutcome } from '../../src/engine/action.ts'
import { wrongDigest } from '../../src/formats/wrong-digest.ts'
import { efs } from '../../src/steps/efs.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { config as configured, script } from './efs-machine.ts'
import { act, bare, decide, unmounted, wait } from './efs-state.ts'
import { packageQuery } from './package-query.ts'

const sha256 = '0123456789abcdef'.repeat(4)
const utilsPackage = { url: 'https://example.com/efs.deb', sha256 }
const path = '/var/cache/slurm-node-agent/amazon-efs-utils-0123456789ab.deb'
const nothing = { installed: false, fetched: false, lockedBy: undefined }
const helpless = { ...unmounted, client: 'efs-utils', tunnel: undefined, hasHelper: false } as const

const fetch: Action = {
  do: 'download',
  ...utilsPackage,
  path,
  mostBytes: 67_108_864,
  because: 'there is no /sbin/mount.efs, and no archive has amazon-efs-utils',
}
const install = {
  do: 'exec',
  argv: [
    'apt-get',
    'install',
    path,
    '--yes',
    '--no-remove',
    '--quiet',
    '--option=DPkg::Lock::Timeout=120',
    '--option=Dpkg::Use-Pty=0',
    '--option=Acquire::Retries=3',
    '--option=Dpkg::Options::=--force-confdef',
    '--option=Dpkg::Options::=--force-confold',
  ],
  env: { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', APT_LISTCHANGES_FRONTEND: 'none' },
  lock: 'apt',
  uninterruptible: true,
  because: 'the package is fetched, and not installed',
}
const remove = { do: 'remove', path, because: 'it is installed' }
const failed = (error: string): ActionOutcome => ({ is: 'failed', action: fetch, error })

const decideWith = (helperPackage: object, past: readonly ActionOutcome[] = []) =>
  decide({ ...helpless, helperPackage: { ...nothing, ...helperPackage } }, past, { utilsPackage })

describe("the package of AWS's helper", () => {
  test('is fetched, installed in one transaction and thrown away, before anything is mounted', () => {
    expect(decideWith({})).toEqual(act(fetch, install, remove))
  })

  test('is not fetched again after a run that was cut off', () => {
    expect(decideWith({ fetched: true })).toEqual(act(install, remove))
  })

  test('is fetched again when it could not be, with the reason to wait for', () => {
    const error = 'https://example.com/efs.deb cannot be fetched: HTTP 404'
    const obstacle = { code: 'EFS_UTILS_UNREACHABLE', for: error }
    expect(decideWith({}, [failed(error)])).toEqual(act({ ...fetch, obstacle }, install, remove))
  })

  test('waits for a lock of apt', () => {
    const lockedBy = 'apt-get (pid 7) holds /var/lib/dpkg/lock-frontend'
    expect(decideWith({ lockedBy })).toEqual(wait('APT_LOCKED', lockedBy))
  })

  test('is refused when it is another one', () => {
    const found = 'f'.repeat(64)
    expect(decideWith({}, [failed(wrongDigest(utilsPackage.url, found))])).toEqual({
      is: 'refuse',
      code: 'EFS_UTILS_DIFFERS',
      because: `https://example.com/efs.deb gives a file with the SHA-256 ${found}, not ${sha256}`,
      hint: 'correct efs.utilsPackage, or put the right file there',
    })
  })

  test('is refused when it is installed without what it is for', () => {
    expect(decideWith({ installed: true })).toEqual({
      is: 'refuse',
      code: 'EFS_HELPER_MISSING',
      because: 'amazon-efs-utils is installed, but there is no /sbin/mount.efs',
      hint: 'install it again: apt-get install --reinstall amazon-efs-utils, with the file that it came from',
    })
  })

  test('is asked for where the configuration has none, and cannot do without', () => {
    expect(decide({ ...helpless, helperPackage: undefined }, [], { iam: true })).toEqual({
      is: 'refuse',
      code: 'EFS_HELPER_MISSING',
      because: 'efs.iam and efs.accessPoint need amazon-efs-utils, but there is no /sbin/mount.efs',
      hint: 'install amazon-efs-utils, or set efs.utilsPackage',
    })
  })

  test('is asked for where the configuration wants the helper, with a way around it', () => {
    expect(decide({ ...helpless, helperPackage: undefined }, [], { client: 'efs-utils' })).toEqual({
      is: 'refuse',
      code: 'EFS_HELPER_MISSING',
      because: 'efs.client is "efs-utils", but there is no /sbin/mount.efs',
      hint: 'install amazon-efs-utils, or set efs.utilsPackage, or set efs.client to "auto" to mount through stunnel4',
    })
  })

  test('is nothing to a person who must first see to the mount point', () => {
    const mountPoint = { ...bare, directory: { ...bare.directory, kind: 'file' } } as const
    expect(decide({ ...helpless, helperPackage: nothing, mountPoint }, [], { utilsPackage })).toMatchObject({
      is: 'refuse',
      code: 'MOUNT_POINT_NOT_DIRECTORY',
    })
  })
})

describe("a look at the package of AWS's helper", () => {
  const locks = {
    '/var/lib/dpkg/lock-frontend': undefined,
    '/var/lib/dpkg/lock': undefined,
    '/var/lib/apt/lists/lock': 'apt-get (pid 7)',
    '/var/cache/apt/archives/lock': undefined,
  }
  const machine = {
    ...script,
    files: { ...script.files, '/etc/systemd/system/slurm-node-agent-efs.service': undefined },
    mountTargets: { 'fs-0123456789abcdef0': { is: 'known', value: [] } },
    lockHolders: locks,
  } as const
  const query = packageQuery
  const look = (known: string, digest: string | undefined) => {
    const host = fakeHost({ ...machine, commands: { ...script.commands, [query]: known }, sums: { [path]: digest } })
    return efs.observe(configured('auto', { utilsPackage }), host, signal)
  }

  test('finds nothing on a new machine', async () => {
    const { client, hasHelper, helperPackage } = await look('', undefined)
    expect({ client, hasHelper, helperPackage }).toEqual({
      client: 'efs-utils',
      hasHelper: false,
      helperPackage: { installed: false, fetched: false, lockedBy: 'apt-get (pid 7) holds /var/lib/apt/lists/lock' },
    })
  })

  test('knows its file by its digest, and what dpkg has', async () => {
    const installed = 'amazon-efs-utils\tinstall ok installed\t3.2.0-1\n'
    expect((await look(installed, sha256)).helperPackage).toMatchObject({ installed: true, fetched: true })
    expect((await look('', 'f'.repeat(64))).helperPackage).toMatchObject({ installed: false, fetched: false })
  })

  test('is not taken where the helper is there', async () => {
    const host = fakeHost({ ...machine, stats: { ...script.stats, '/sbin/mount.efs': script.stats['/mnt/work'] } })
    expect((await efs.observe(configured('auto', { utilsPackage }), host, signal)).helperPackage).toBeUndefined()
  })
})

test("what AWS's helper depends on is installed with all else", () => {
  const of = (more: object) => efs.packages?.(configured('auto', more))
  expect(of({ utilsPackage })).toEqual(['nfs-common', 'stunnel4', 'ca-certificates', 'python3', 'openssl'])
  expect(of({ utilsPackage, iam: true })).toEqual(['nfs-common', 'python3', 'openssl', 'stunnel4', 'ca-certificates'])
})
