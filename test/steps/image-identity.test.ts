import { describe, expect, test } from 'vitest'
import type { Exec } from '../../src/engine/action.ts'
import { imageIdentity as step } from '../../src/steps/image-identity.ts'
import { signal } from '../fake-host.ts'
import { packageQuery } from './package-query.ts'
import { unitsShow, unitsShown } from './services.ts'
import { directory, file, type SmallMachine, settle, smallMachine, type Tree } from './small-machine.ts'

const seed = '/var/lib/systemd/random-seed'
const find = 'find /var/lib/apt/lists /var/cache/apt -type f ! -name lock'
const seedUnit = unitsShow('systemd-random-seed.service')
const snapdKey = '/var/lib/snapd/device/private-keys-v1/kx3Vd'
const forget =
  'curl --fail --silent --show-error --unix-socket /run/snapd.socket --header Content-Type: application/json ' +
  '--data {"action": "forget", "no-registration-until-reboot": true} http://localhost/v2/model/serial'
const locks = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
]
const converged = { is: 'converged', because: 'no key and no identity of this machine is left' }

/** As a machine is after its boot and the installation; what is of the role stays. */
function booted(): Tree {
  return new Map([
    ['/etc/machine-id', file('7d2f0c5e\n', 0o444)],
    ['/etc/hostname', file('ip-10-0-0-5\n')],
    ['/etc/hosts', file('127.0.0.1 localhost\n')],
    ['/etc/munge/munge.key', file('of the package', 0o400, 'munge:munge')],
    ['/etc/ssh/ssh_host_ed25519_key', file('private', 0o600)],
    ['/etc/ssh/ssh_host_ed25519_key.pub', file('public')],
    ['/etc/ssh/sshd_config', file('UsePAM yes\n')],
    ['/var/lib/cloud/instances', directory(0o755)],
    ['/var/lib/cloud/seed', directory(0o755)],
    ['/var/lib/dbus/machine-id', { kind: 'symlink', target: '/etc/machine-id' }],
    ['/var/lib/dhcp/dhclient.eth0.leases', file('lease {}\n')],
    ['/var/lib/dhcpcd/eth0.lease', file('lease')],
    ['/var/lib/dhcpcd/eth0.lease6', file('lease')],
    ['/var/lib/dhcpcd/duid', file('00:01:00:01')],
    ['/var/lib/dhcpcd/secret', file('random', 0o400)],
    ['/var/lib/systemd/credential.secret', file('random', 0o400)],
    ['/var/lib/systemd/timers', directory(0o755)],
    ['/etc/docker/key.json', file('{}', 0o600)],
    ['/etc/docker/daemon.json', file('{}')],
    ['/var/lib/docker/engine-id', file('1f0c-77')],
    ['/var/lib/docker/overlay2', directory(0o710)],
    ['/var/lib/amazon/ssm/Vault/Store/EC2RegistrationKey', file('private', 0o600)],
    ['/var/lib/amazon/ssm/credentials', file('aws_session_token = a', 0o600)],
    ['/var/lib/amazon/ssm/Vault/Store/InstanceFingerprint', file('{}', 0o600)],
    [snapdKey, file('private', 0o600)],
    ['/var/lib/snapd/state.json', file('{}', 0o600)],
    ['/var/log/journal/7d2f0c5e', directory(0o755)],
    ['/var/lib/slurm-node-agent/held/munge.service', file('')],
  ])
}

interface Apt {
  /** What dpkg-query prints. */
  readonly states?: string
  readonly holder?: string
}

/** Programs do to the files what the real ones do. */
function machineWith(local: Tree, { states = 'munge\tinstall ok installed\t1\n', holder }: Apt = {}): SmallMachine {
  const commands = {
    [packageQuery]: states,
    [find]: '/var/lib/apt/lists/mirror_Packages\n',
    [seedUnit]: unitsShown('active'),
  }
  const lockHolders = Object.fromEntries(locks.map((path) => [path, path === locks[2] ? holder : undefined]))
  const programs: Readonly<Record<string, () => void>> = {
    [forget]: () => local.delete(snapdKey),
    'cloud-init clean --logs': () => local.delete('/var/lib/cloud/instances'),
    'systemctl stop systemd-random-seed.service': () => {
      local.set(seed, file('random'))
      commands[seedUnit] = unitsShown('inactive')
    },
    'journalctl --relinquish-var': () => undefined,
    'find /var/log/journal -mindepth 1 -delete': () => local.delete('/var/log/journal/7d2f0c5e'),
    [`${find} -delete`]: () => {
      commands[find] = ''
    },
  }
  const run = ({ argv }: Exec): void => {
    const program = programs[argv.join(' ')]
    if (program === undefined) throw new Error(`not expected: ${argv.join(' ')}`)
    program()
  }
  return smallMachine({ local, script: { commands, lockHolders }, run })
}

const left = new Map([
  ['/etc/machine-id', file('', 0o444)],
  ['/etc/hosts', file('127.0.0.1 localhost\n')],
  ['/etc/ssh/sshd_config', file('UsePAM yes\n')],
  ['/var/lib/cloud/seed', directory(0o755)],
  ['/var/lib/systemd/timers', directory(0o755)],
  ['/etc/docker/daemon.json', file('{}')],
  ['/var/lib/docker/overlay2', directory(0o710)],
  ['/var/lib/amazon/ssm/Vault/Store/InstanceFingerprint', file('{}', 0o600)],
  ['/var/lib/snapd/state.json', file('{}', 0o600)],
  ['/var/lib/slurm-node-agent/held/munge.service', file('')],
])

describe('the identity of an image', () => {
  test('goes: keys, IDs, names, leases, the journal, what cloud-init and apt have, and the seed of the last stop', async () => {
    const local = booted()
    const machine = machineWith(local)
    expect(await settle(step, undefined, machine)).toEqual(converged)
    expect(local).toEqual(left)
    expect(machine.done).toEqual([
      forget,
      'cloud-init clean --logs',
      'systemctl stop systemd-random-seed.service',
      'remove /etc/munge/munge.key',
      'remove /etc/ssh/ssh_host_ed25519_key',
      'remove /etc/ssh/ssh_host_ed25519_key.pub',
      'remove /var/lib/dbus/machine-id',
      'remove /var/lib/systemd/credential.secret',
      'remove /etc/hostname',
      'remove /var/lib/dhcp/dhclient.eth0.leases',
      'remove /var/lib/dhcpcd/eth0.lease',
      'remove /var/lib/dhcpcd/eth0.lease6',
      'remove /var/lib/dhcpcd/duid',
      'remove /var/lib/dhcpcd/secret',
      'remove /etc/docker/key.json',
      'remove /var/lib/docker/engine-id',
      'remove /var/lib/amazon/ssm/Vault/Store/EC2RegistrationKey',
      'remove /var/lib/amazon/ssm/credentials',
      'journalctl --relinquish-var',
      'find /var/log/journal -mindepth 1 -delete',
      `${find} -delete`,
      'write /etc/machine-id',
      `remove ${seed}`, // which the stop has written
    ])
  })

  test('is not there a second time', async () => {
    const machine = machineWith(booted())
    await settle(step, undefined, machine)
    const done = [...machine.done]
    expect(await settle(step, undefined, machine)).toEqual(converged)
    expect(machine.done).toEqual(done)
  })

  test('goes wherever a bake before was cut off', async () => {
    const whole = machineWith(booted())
    await settle(step, undefined, whole)
    for (let count = 1; count < whole.done.length; count++) {
      const local = booted()
      const machine = machineWith(local)
      const decision = step.decide(undefined, await step.observe(undefined, machine.host, signal), [])
      for (const action of decision.is === 'act' ? decision.actions.slice(0, count) : []) machine.perform(action)
      expect(await settle(step, undefined, machine), `after ${count}`).toEqual(converged)
      expect(local, `after ${count}`).toEqual(left)
    }
  })

  const decideOn = async ({ host }: SmallMachine) =>
    step.decide(undefined, await step.observe(undefined, host, signal), [])

  test.each([
    ['its lists are there', booted],
    ['nothing is left to do', () => left],
  ])('stays while apt is at work, also where %s', async (_what, tree) => {
    const machine = machineWith(new Map(tree()), { holder: 'apt-get (pid 7)' })
    const waits = { is: 'wait', code: 'APT_LOCKED', for: 'apt-get (pid 7) holds /var/lib/apt/lists/lock' }
    expect(await decideOn(machine)).toEqual(waits)
  })

  test('goes with a lock against what else this run does with apt', async () => {
    const decision = await decideOn(machineWith(booted()))
    const locked = decision.is === 'act' ? decision.actions.filter((action) => action.do === 'exec' && action.lock) : []
    expect(locked).toMatchObject([{ argv: [...find.split(' '), '-delete'], lock: 'apt' }])
  })

  const refused = {
    is: 'refuse',
    code: 'IMAGE_PACKAGE_UNFINISHED',
    because: 'dpkg was cut off, and has left a package half-installed or half-configured',
    hint: 'see dpkg --audit, run dpkg --configure --pending and apt-get --fix-broken install, and bake again',
  }

  test.each(['ok half-configured', 'ok triggers-pending', 'reinstreq half-installed', 'ok half-installed'])(
    'stays where a package is %s, and no image is made',
    async (state) => {
      expect(await decideOn(machineWith(booted(), { states: `docker.io\tinstall ${state}\t1\n` }))).toEqual(refused)
    },
  )

  test('stays where dpkg has left a journal', async () => {
    expect(await decideOn(machineWith(new Map([...left, ['/var/lib/dpkg/updates/0001', file('')]])))).toEqual(refused)
  })

  test('is made by systemd, and not missing, where there was none', async () => {
    const local = booted()
    local.delete('/etc/machine-id')
    await settle(step, undefined, machineWith(local))
    expect(local.get('/etc/machine-id')).toEqual(file('', 0o444))
  })
})
