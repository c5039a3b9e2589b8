import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { VPC_CIDR } from './addresses.ts'
import { AGENT, TIMER } from './agent-status.ts'
import { assertBareBelow } from './bare-directory.ts'
import type { ExampleConfig } from './example-config.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import { listening } from './listening.ts'
import { ROLE_PACKAGES } from './packages.ts'

/** Everything that a front end is, looked up with the tools that a person would use, not with the agent. */
export async function assertFrontend(lab: Lab, guest: Guest, config: ExampleConfig): Promise<void> {
  await assertHostname(guest, config.hostname)
  await assertPackages(guest, [...ROLE_PACKAGES, ...config.packages])
  await assertShare(lab, guest, config.efs.mountPoint)
  await assertMunge(lab, guest)
  await assertSlurm(lab, guest, config)
  await assertDataVolume(lab, guest, config.dataVolume.mountPoint)
  await assertExport(guest, config.dataVolume.mountPoint)
  await assertNfsV4Alone(guest)
  await assertUnits(guest)
  const plan = await guest.run([AGENT, 'plan', '--detailed-exitcode'], { ok: 'any' })
  assert.equal(plan.exitCode, 0, `plan finds nothing to do, but says:\n${plan.stdout}${plan.stderr}`)
}

async function out(guest: Guest, ...argv: string[]): Promise<string> {
  return (await guest.run(argv)).stdout
}

export async function assertHostname(guest: Guest, name: string): Promise<void> {
  assert.equal(await out(guest, 'hostname'), name)
  assert.equal((await guest.readFile('/etc/hostname')).trim(), name)
  const lines = (await guest.readFile('/etc/hosts')).split('\n').filter((line) => line.split(/\s+/).includes(name))
  assert.equal(lines.length, 1, `one line of /etc/hosts names ${name}, not:\n${lines.join('\n')}`)
  const resolved = await out(guest, 'getent', 'ahostsv4', name)
  assert.match(resolved, new RegExp(`^${guest.instance.address.replaceAll('.', '\\.')}\\s`))
}

export async function assertPackages(guest: Guest, packages: readonly string[]): Promise<void> {
  const { stdout } = await guest.run(['dpkg-query', '-W', '-f', '${Package}: ${Status}\n', ...packages], { ok: [0, 1] })
  const states = new Set(stdout.split('\n'))
  for (const name of packages)
    assert.ok(states.has(`${name}: install ok installed`), `${name} is installed:\n${stdout}`)
  assert.equal(await out(guest, 'dpkg', '--audit'), '', 'dpkg has nothing left half done')
}

/** Mounted over TLS, seen from both ends, and the directory below the mount is bare. */
export async function assertShare(lab: Lab, guest: Guest, mountPoint: string): Promise<void> {
  const mount = await out(guest, 'findmnt', '--noheadings', '--output', 'SOURCE,FSTYPE', '--mountpoint', mountPoint)
  assert.match(mount, /^127\.0\.0\.1:\/\s+nfs4$/, 'EFS is mounted through the local end of a TLS tunnel')
  const probe = join(mountPoint, 'lab-probe')
  await guest.writeFile(probe, 'seen\n')
  assert.equal(await readFile(join(lab.efs.folder, 'lab-probe'), 'utf8'), 'seen\n', 'what the guest writes is on EFS')
  await guest.run(['rm', probe])
  await assertBareBelow(guest, mountPoint)
}

/** The key on the share is the local one, hidden from all but root, named by its fingerprint, and munged runs with it. */
export async function assertMunge(lab: Lab, guest: Guest): Promise<void> {
  const owner = await out(guest, 'stat', '-c', '%U:%G %a %s', '/etc/munge/munge.key')
  assert.equal(owner, 'munge:munge 400 1024')
  const [fingerprint = ''] = (await out(guest, 'sha256sum', '/etc/munge/munge.key')).split(' ')
  const files = await readdir(lab.efs.folder, { recursive: true, withFileTypes: true })
  const keys: string[] = []
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name)
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    if (digest === fingerprint) keys.push(path)
  }
  assert.ok(keys.length > 0, 'the local key is on the share')
  assert.ok(
    keys.some((path) => path.includes(fingerprint)),
    `a file is named by its fingerprint: ${keys.join(' ')}`,
  )
  for (const path of keys) {
    const file = await stat(path)
    const folder = await stat(dirname(path))
    assert.equal(`${file.uid} ${(file.mode & 0o777).toString(8)}`, '0 600', path)
    assert.equal(`${folder.uid} ${(folder.mode & 0o777).toString(8)}`, '0 700', dirname(path))
  }
  const credential = await out(guest, 'munge', '-n')
  const { stdout } = await guest.run(['unmunge'], { stdin: `${credential}\n` })
  assert.match(stdout, /STATUS:\s+Success/)
}

export async function assertSlurm(lab: Lab, guest: Guest, config: ExampleConfig): Promise<void> {
  assert.match(await out(guest, 'scontrol', 'ping'), /is UP/)
  const slurmConf = await guest.readFile('/etc/slurm/slurm.conf')
  assert.match(slurmConf, new RegExp(`^SlurmctldHost=${config.hostname}\\(${guest.instance.address}\\)$`, 'm'))
  const shared = await readFile(join(lab.efs.folder, 'slurm', 'slurm.conf'), 'utf8')
  assert.equal(shared.trimEnd(), slurmConf.trimEnd(), 'the share has the same slurm.conf')
  assert.equal(await out(guest, 'sinfo', '--noheader', '--format', '%P %D'), 'main* 4')
  assert.equal(await out(guest, 'ps', '-C', 'slurmctld', '-o', 'user='), 'slurm')
}

export async function assertDataVolume(lab: Lab, guest: Guest, mountPoint: string): Promise<void> {
  const device = await out(guest, 'findmnt', '--noheadings', '--output', 'SOURCE', '--mountpoint', mountPoint)
  assert.equal((await out(guest, 'lsblk', '-dno', 'SERIAL', device)).trim(), lab.dataVolume.serial)
  assert.equal(await out(guest, 'findmnt', '--noheadings', '--output', 'FSTYPE', '--mountpoint', mountPoint), 'ext4')
  const entry = await out(guest, 'findmnt', '--fstab', '--noheadings', '--output', 'SOURCE,OPTIONS', mountPoint)
  assert.match(entry, /^UUID=\S+\s+\S*nofail/)
  const disks = (await out(guest, 'lsblk', '-dno', 'NAME,SERIAL')).split('\n')
  const decoy = disks.find((line) => line.includes(lab.instanceStore.serial))?.split(/\s+/)[0]
  assert.ok(decoy !== undefined, 'the instance-store disk is there')
  const { stdout } = await guest.run(['wipefs', '--no-act', '--noheadings', `/dev/${decoy}`])
  assert.equal(stdout, '', 'the instance-store disk was left alone')
}

async function assertExport(guest: Guest, mountPoint: string): Promise<void> {
  const exported = (await out(guest, 'exportfs', '-v')).replaceAll(/\s+/g, ' ')
  assert.ok(exported.startsWith(`${mountPoint} ${VPC_CIDR}(`), exported)
  const options = new Set(/\(([^)]*)\)/.exec(exported)?.[1]?.split(','))
  assert.ok(options.has('root_squash'), exported)
  assert.ok(
    [...options].some((option) => /^(mp|mountpoint)/.test(option)),
    `exported only while mounted: ${exported}`,
  )
  assert.ok(await listening(guest.instance.address, 2049), 'the NFS server answers the VPC')
}

/** What only NFSv3 needs does not run, and nothing of the server listens but the kernel. */
async function assertNfsV4Alone(guest: Guest): Promise<void> {
  for (const unit of ['rpcbind.socket', 'rpcbind.service', 'rpc-statd.service']) {
    const { stdout } = await guest.run(['systemctl', 'is-active', unit], { ok: 'any' })
    assert.equal(stdout, 'inactive', unit)
  }
  assert.match(await guest.readFile('/proc/fs/nfsd/versions'), /(?:^|\s)-3\s.*\+4\s/)
  assert.equal(await listening(guest.instance.address, 111), false, 'nothing listens on TCP port 111')
  const sockets = await out(guest, 'ss', '--no-header', '--listening', '--numeric', '--tcp', '--udp', '--processes')
  assert.doesNotMatch(sockets, /rpc/, 'no daemon of NFSv3 listens on any port')
}

async function assertUnits(guest: Guest): Promise<void> {
  for (const unit of ['munge', 'slurmctld', 'nfs-server', TIMER]) {
    assert.equal(await out(guest, 'systemctl', 'is-active', unit), 'active', unit)
    assert.equal(await out(guest, 'systemctl', 'is-enabled', unit), 'enabled', unit)
  }
}
