import { describe, expect, test } from 'vitest'
import { hostname } from '../../src/steps/hostname.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { file, settle, smallMachine } from './small-machine.ts'

const config = { hostname: 'frontend-server' }
const dropIn = '/etc/cloud/cloud.cfg.d/99-slurm-node-agent.cfg'
const settled = {
  static: 'frontend-server',
  running: 'frontend-server',
  address: '10.0.0.5',
  hosts: '127.0.0.1 localhost\n10.0.0.5 frontend-server # slurm-node-agent\n',
  cloudInit: 'preserve_hostname: true\nmanage_etc_hosts: false\n',
}
const act = (...actions: object[]) => ({ is: 'act', actions })
const setName = (because: string) => ({ do: 'exec', argv: ['hostnamectl', 'set-hostname', 'frontend-server'], because })
const writeHosts = (was: string) => ({
  do: 'write',
  path: '/etc/hosts',
  content: settled.hosts,
  was,
  mode: 0o644,
  keepsPermissions: true,
  because: 'frontend-server must stand for 10.0.0.5 alone',
})
const writeDropIn = (was: string | undefined) => ({
  do: 'write',
  path: dropIn,
  content: settled.cloudInit,
  was,
  mode: 0o644,
  because: 'cloud-init would set the name back',
})

describe('hostname', () => {
  test.each([
    ['has nothing to do', {}, { is: 'converged', because: 'frontend-server is 10.0.0.5' }],
    ['sets the name', { static: 'ip-10-0-0-5', running: 'ip-10-0-0-5' }, act(setName('the name is ip-10-0-0-5'))],
    ['sets a name that is not set', { static: '', running: 'localhost' }, act(setName('the name is not set'))],
    ['sets the name that something set for now alone', { running: 'other' }, act(setName('the name is other'))],
    ['adds its line', { hosts: '127.0.0.1 localhost\n' }, act(writeHosts('127.0.0.1 localhost\n'))],
    [
      'takes the name off a loopback line',
      { hosts: '127.0.0.1 localhost\n127.0.1.1\tfrontend-server\n' },
      act(writeHosts('127.0.0.1 localhost\n127.0.1.1\tfrontend-server\n')),
    ],
    [
      'follows a new address',
      { hosts: '127.0.0.1 localhost\n10.0.0.9 frontend-server # slurm-node-agent\n' },
      act(writeHosts('127.0.0.1 localhost\n10.0.0.9 frontend-server # slurm-node-agent\n')),
    ],
    ['tells cloud-init', { cloudInit: undefined }, act(writeDropIn(undefined))],
    [
      'tells cloud-init again',
      { cloudInit: 'preserve_hostname: false\n' },
      act(writeDropIn('preserve_hostname: false\n')),
    ],
    [
      'does all at once',
      { static: 'a', running: 'a', hosts: '', cloudInit: undefined },
      act(
        setName('the name is a'),
        { ...writeHosts(''), content: '10.0.0.5 frontend-server # slurm-node-agent\n' },
        writeDropIn(undefined),
      ),
    ],
    [
      'refuses to make /etc/hosts up',
      { hosts: undefined },
      {
        is: 'refuse',
        code: 'HOSTS_UNREADABLE',
        because: '/etc/hosts is missing, and with it the name of localhost',
        hint: 'restore /etc/hosts, beginning with "127.0.0.1 localhost"',
      },
    ],
  ])('%s', (_behaviour, changed, decision) => {
    expect(hostname.decide(config, { ...settled, ...changed }, [])).toEqual(decision)
  })

  test('sees names, address and files', async () => {
    const host = fakeHost({
      primaryAddress: '10.0.0.5',
      files: {
        '/etc/hostname': 'ip-10-0-0-5\n',
        '/proc/sys/kernel/hostname': 'ip-10-0-0-5.ec2.internal\n',
        '/etc/hosts': '127.0.0.1 localhost\n',
        [dropIn]: undefined,
      },
    })
    expect(await hostname.observe(config, host, signal)).toEqual({
      static: 'ip-10-0-0-5',
      running: 'ip-10-0-0-5.ec2.internal',
      address: '10.0.0.5',
      hosts: '127.0.0.1 localhost\n',
      cloudInit: undefined,
    })
  })

  test('has nothing left to do after it has acted', async () => {
    const machine = smallMachine({
      local: new Map([
        ['/etc/hosts', file('127.0.0.1 localhost\n127.0.1.1 frontend-server\n')],
        ['/etc/hostname', file('frontend-server\n')],
        ['/proc/sys/kernel/hostname', file('frontend-server\n')],
      ]),
      script: { primaryAddress: '10.0.0.5' },
    })
    expect(await settle(hostname, config, machine)).toEqual({ is: 'converged', because: 'frontend-server is 10.0.0.5' })
    expect(machine.done).toEqual(['write /etc/hosts', `write ${dropIn}`])
  })
})
