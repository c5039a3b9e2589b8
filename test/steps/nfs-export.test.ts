import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { nfsExport } from '../../src/steps/nfs-export.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { running, serviceShow, serviceShown } from './services.ts'
import { settle, smallMachine } from './small-machine.ts'

const unit = 'nfs-server.service'
const exportsPath = '/etc/exports.d/slurm-node-agent.exports'
const config = configuration()
const content = `# Made by slurm-node-agent.
/mnt/shared 10.0.0.0/16(rw,sync,no_subtree_check,root_squash,mountpoint)
`
/** As exportfs 2.6.2 shows what this file asks for. */
const shown = [
  'sync',
  'wdelay',
  'hide',
  'no_subtree_check',
  'mountpoint',
  'sec=sys',
  'rw',
  'root_squash',
  'no_all_squash',
]
const entry = { path: '/mnt/shared', client: '10.0.0.0/16', options: shown }
const seen = { clients: ['10.0.0.0/16'], file: content, service: running(unit), exported: [entry] }
const converged = { is: 'converged', because: '/mnt/shared is exported to 10.0.0.0/16' }

const act = (...actions: object[]) => ({ is: 'act', actions })
const write = (was: string | undefined, because: string) => ({
  do: 'write',
  path: exportsPath,
  content,
  was,
  mode: 0o644,
  because,
})
const reexport = (because: string) => ({ do: 'exec', argv: ['exportfs', '-ra'], because })
const reexported: ActionOutcome = { is: 'done', action: { do: 'exec', argv: ['exportfs', '-ra'], because: '' } }
const failedTo: ActionOutcome = { ...reexported, is: 'failed', error: 'exportfs -ra ended with 1' }

describe('nfs-export', () => {
  test.each([
    ['has nothing to do', {}, [], converged],
    [
      'writes its file and exports it',
      { file: undefined, exported: [] },
      [],
      act(write(undefined, 'the volume is not exported'), reexport('the volume is not exported')),
    ],
    [
      'mends a file that was edited',
      { file: '/mnt/shared *(rw,no_root_squash)\n' },
      [],
      act(
        write('/mnt/shared *(rw,no_root_squash)\n', 'it differs from the configuration'),
        reexport('it differs from the configuration'),
      ),
    ],
    [
      'starts the server',
      { service: { ...seen.service, active: 'inactive', enabled: false } },
      [],
      act(
        { do: 'exec', argv: ['systemctl', 'enable', unit], because: 'it must start at boot' },
        { do: 'exec', argv: ['systemctl', 'start', unit], because: 'it is inactive' },
      ),
    ],
    [
      'exports again what is not shown',
      { exported: [] },
      [],
      act(reexport('/mnt/shared is not exported to 10.0.0.0/16 as it should be')),
    ],
    [
      'exports again what another file exports without root_squash',
      { exported: [{ ...entry, options: shown.map((option) => option.replace(/^root/, 'no_root')) }] },
      [],
      act(reexport('/mnt/shared is not exported to 10.0.0.0/16 as it should be')),
    ],
    [
      'exports again what is shown without its guard against a lost mount',
      { exported: [{ ...entry, options: shown.filter((option) => option !== 'mountpoint') }] },
      [],
      act(reexport('/mnt/shared is not exported to 10.0.0.0/16 as it should be')),
    ],
    [
      'takes back what a run that was cut off has left of another configuration',
      { exported: [entry, { ...entry, client: '10.1.0.0/16' }] },
      [],
      act(reexport('/mnt/shared is still exported to 10.1.0.0/16')),
    ],
    [
      'leaves it when that is somebody else’s wish',
      { exported: [entry, { ...entry, client: '10.1.0.0/16' }] },
      [reexported],
      converged,
    ],
    [
      'does not mind other exports',
      { exported: [entry, { path: '/srv', client: '*', options: ['ro'] }] },
      [],
      converged,
    ],
    [
      'tries again after exportfs failed',
      { exported: [] },
      [failedTo],
      act(reexport('/mnt/shared is not exported to 10.0.0.0/16 as it should be')),
    ],
    [
      'waits for what does not show up though exportfs did its work',
      { exported: [] },
      [reexported],
      {
        is: 'wait',
        code: 'NFS_NOT_EXPORTED',
        for: 'exportfs -v to show 10.0.0.0/16(rw,sync,no_subtree_check,root_squash,mountpoint) for /mnt/shared',
      },
    ],
    [
      'refuses to guess the clients',
      { clients: [] },
      [],
      {
        is: 'refuse',
        code: 'NFS_CLIENTS_UNKNOWN',
        because: 'the metadata service names no IPv4 network of the VPC',
        hint: 'set nfs.clients to the networks of the cluster, such as ["10.0.0.0/16"]',
      },
    ],
  ])('%s', (_behaviour, changed, past, decision) => {
    expect(nfsExport.decide(config, { ...seen, ...changed }, past)).toEqual(decision)
  })

  test('lets root be root where the configuration says so, for each network a line', () => {
    const open = configuration({ nfs: { clients: ['10.0.0.0/16', '10.1.0.0/16'], rootSquash: false } })
    const decision = nfsExport.decide(open, { ...seen, clients: ['10.0.0.0/16', '10.1.0.0/16'], file: undefined }, [])
    expect(decision).toEqual(
      act(
        {
          ...write(undefined, 'the volume is not exported'),
          content: `# Made by slurm-node-agent.
/mnt/shared 10.0.0.0/16(rw,sync,no_subtree_check,no_root_squash,mountpoint)
/mnt/shared 10.1.0.0/16(rw,sync,no_subtree_check,no_root_squash,mountpoint)
`,
        },
        reexport('the volume is not exported'),
      ),
    )
  })

  const commands = {
    [serviceShow(unit)]: serviceShown('active'),
    'exportfs -v': `/mnt/shared   \t10.0.0.0/16(${shown.join(',')})\n`,
  }
  const files = { [exportsPath]: content }
  const ofVpc = 'meta-data/network/interfaces/macs/0a:00:00:00:00:01/vpc-ipv4-cidr-blocks'

  test('takes the configured clients without asking the metadata service', async () => {
    const configured = configuration({ nfs: { clients: ['10.0.0.0/16'] } })
    expect(await nfsExport.observe(configured, fakeHost({ commands, files }), signal)).toEqual(seen)
  })

  test.each([
    ['one network', '10.0.0.0/16', ['10.0.0.0/16']],
    ['several networks', '10.0.0.0/16\n10.1.0.0/16\n', ['10.0.0.0/16', '10.1.0.0/16']],
    ['a page that is no list of networks', '<html>404</html>', []],
    ['no answer', undefined, []],
  ])('takes the networks of the VPC: %s', async (_what, answer, clients) => {
    const metadata = { 'meta-data/mac': '0a:00:00:00:00:01\n', [ofVpc]: answer }
    expect(await nfsExport.observe(config, fakeHost({ commands, files, metadata }), signal)).toEqual({
      ...seen,
      clients,
    })
  })

  test('knows no clients off EC2', async () => {
    const host = fakeHost({ commands, files, metadata: { 'meta-data/mac': undefined } })
    expect(await nfsExport.observe(config, host, signal)).toEqual({ ...seen, clients: [] })
  })

  test('has nothing left to do after it has acted', async () => {
    const machine = smallMachine({
      local: new Map(),
      script: { commands, metadata: { 'meta-data/mac': '0a:00:00:00:00:01', [ofVpc]: '10.0.0.0/16' } },
      run: () => undefined,
    })
    expect(await settle(nfsExport, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${exportsPath}`, 'exportfs -ra'])
  })
})
