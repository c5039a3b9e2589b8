import { describe, expect, test } from 'vitest'
import type { Exec } from '../../src/engine/action.ts'
import { imageIdentity as step } from '../../src/steps/image-identity.ts'
import { signal } from '../fake-host.ts'
import { serviceShow, serviceShown } from './services.ts'
import { directory, file, type SmallMachine, settle, smallMachine, type Tree } from './small-machine.ts'

const seed = '/var/lib/systemd/random-seed'
const find = 'find /var/lib/apt/lists /var/cache/apt -type f ! -name lock'
const seedUnit = serviceShow('systemd-random-seed.service')
const converged = { is: 'converged', because: 'nothing of this machine is left' }

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
    ['/var/log/journal/7d2f0c5e', directory(0o755)],
    ['/var/lib/slurm-node-agent/held/munge.service', file('')],
  ])
}

/** Programs do to the files what the real ones do. */
function machineWith(local: Tree): SmallMachine {
  const commands = { [find]: '/var/lib/apt/lists/mirror_Packages\n', [seedUnit]: serviceShown('active') }
  const programs: Readonly<Record<string, () => void>> = {
    'cloud-init clean --logs': () => local.delete('/var/lib/cloud/instances'),
    'systemctl stop systemd-random-seed.service': () => {
      local.set(seed, file('random'))
      commands[seedUnit] = serviceShown('inactive')
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
  return smallMachine({ local, script: { commands }, run })
}

const left = new Map([
  ['/etc/machine-id', file('', 0o444)],
  ['/etc/hosts', file('127.0.0.1 localhost\n')],
  ['/etc/ssh/sshd_config', file('UsePAM yes\n')],
  ['/var/lib/cloud/seed', directory(0o755)],
  ['/var/lib/slurm-node-agent/held/munge.service', file('')],
])

describe('the identity of an image', () => {
  test('goes: keys, IDs, names, leases, the journal, what cloud-init and apt have, and the seed of the last stop', async () => {
    const local = booted()
    const machine = machineWith(local)
    expect(await settle(step, undefined, machine)).toEqual(converged)
    expect(local).toEqual(left)
    expect(machine.done).toEqual([
      'cloud-init clean --logs',
      'systemctl stop systemd-random-seed.service',
      'remove /etc/munge/munge.key',
      'remove /etc/ssh/ssh_host_ed25519_key',
      'remove /etc/ssh/ssh_host_ed25519_key.pub',
      'remove /var/lib/dbus/machine-id',
      'remove /etc/hostname',
      'remove /var/lib/dhcp/dhclient.eth0.leases',
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

  test('is made by systemd, and not missing, where there was none', async () => {
    const local = booted()
    local.delete('/etc/machine-id')
    await settle(step, undefined, machineWith(local))
    expect(local.get('/etc/machine-id')).toEqual(file('', 0o444))
  })
})
