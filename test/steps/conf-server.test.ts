import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Executed } from '../../src/engine/host.ts'
import { printGresConf } from '../../src/formats/gres-conf.ts'
import { printCgroupConf } from '../../src/formats/slurm-conf.ts'
import { confServerPath } from '../../src/steps/conf-server.ts'
import { slurmd } from '../../src/steps/slurmd.ts'
import { signal } from '../fake-host.ts'
import { jobConfiguration } from './configuration.ts'
import { unitsShow, unitsShown } from './services.ts'
import {
  localCgroup as localCgroupPath,
  localGres,
  local as localPath,
  shared,
  sharedCgroup,
  sharedGres,
} from './slurm-files.ts'
import { dropIn, dropInPath, unit } from './slurmd-state.ts'
import { file, settle, sha256Of, smallMachine, type Tree } from './small-machine.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/slurm/${name}.txt`, import.meta.url), 'utf8')

const fetchedPath = '/run/slurm/conf/slurm.conf'
const fetchedCgroupPath = '/run/slurm/conf/cgroup.conf'
const fetchedGresPath = '/run/slurm/conf/gres.conf'
const defaultsPath = '/etc/default/slurmd'
const published = `SlurmctldHost=frontend-server(10.0.0.5)
SlurmctldParameters=enable_configless
NodeName=job-1 NodeAddr=10.0.0.11 CPUs=2 RealMemory=1500
`
const other = `${published}PartitionName=long\n`
const cgroup = 'ConstrainCores=yes\n'

const config = jobConfiguration({ slurm: { configless: true } })
const trouble = `the front end, whose slurmctld runs with another slurm.conf than ${shared}`
const systemdShow = `systemctl show --property=FragmentPath,DropInPaths,EnvironmentFiles,ExecStart ${unit}`
const unitShown = `EnvironmentFiles=${defaultsPath} (ignore_errors=yes)
ExecStart={ path=/usr/sbin/slurmd ; argv[]=/usr/sbin/slurmd -D -s $SLURMD_OPTIONS ; ignore_errors=no ; pid=0 }
DropInPaths=${confServerPath} ${dropInPath}
`
const show = (what: string) => `timeout --kill-after=2 20 env SLURM_CONF=${shared} scontrol show ${what}`
const match = 'HASH_VAL                = Match\n'

const fetchAll = (tree: Tree) => tree.set(fetchedPath, file(published)).set(fetchedCgroupPath, file(cgroup))
const fetchedAll = () => fetchAll(new Map())

function machineWith(more: Tree, commands: Record<string, string | Partial<Executed>> = {}, onShare: Tree = new Map()) {
  const local: Tree = new Map([[dropInPath, file(dropIn)], ['/etc/munge/munge.key', file('a')], ...more])
  return smallMachine({
    local,
    shared: new Map([[shared, file(published)], [sharedCgroup, file(cgroup)], ...onShare]),
    script: {
      primaryAddress: '10.0.0.11',
      commands: {
        [unitsShow(unit)]: unitsShown('active'),
        'slurmd -C': fixture('slurmd-c'),
        'timeout --kill-after=2 20 scontrol show node job-1 --oneliner': fixture('node-idle'),
        [`journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`]: 'slurmd: fatal: no cgroups\n',
        [show('config')]: match,
        [show('slurmd')]: '',
        [systemdShow]: unitShown,
        ...commands,
      },
    },
    // What slurmd does when it is started.
    run: ({ argv }) => {
      if (argv.includes('restart')) fetchAll(local)
    },
  })
}

describe('a look at slurmd that fetches slurm.conf', () => {
  const withOwn = printCgroupConf([22, 5], 'Own=1\n')
  const silent = { exitCode: 1, stderr: 'slurm_load_slurmd_status: Connection refused\n' }

  test.each<[string, Tree, Record<string, string | Partial<Executed>>, object]>([
    ['finds that it has it', fetchedAll(), {}, { fetched: 'this', trouble: undefined, optionsTaken: undefined }],
    [
      'finds that it does not answer, with what another has fetched before',
      fetchedAll(),
      { [show('slurmd')]: silent },
      { fetched: 'nothing' },
    ],
    [
      'finds that it has another cgroup.conf',
      fetchedAll().set(fetchedCgroupPath, file('ConstrainCores=no\n')),
      {},
      { fetched: 'another' },
    ],
    ['finds that it has another', new Map([[fetchedPath, file(other)]]), {}, { fetched: 'another' }],
    ['finds that it has none, as it ran without before', new Map(), {}, { fetched: 'another' }],
    [
      'finds that it does not answer yet',
      new Map([[fetchedPath, file(other)]]),
      { [show('slurmd')]: silent },
      { fetched: 'nothing' },
    ],
    [
      'finds slurmctld with another',
      new Map(),
      { [show('config')]: 'HASH_VAL = Different Ours=0x1 Slurmctld=0x2\n' },
      { trouble },
    ],
    [
      'has the words of a slurmctld that is away',
      new Map(),
      { [show('config')]: { exitCode: 1, stderr: 'slurm_load_ctl_conf error: Unable to contact slurm controller\n' } },
      { trouble: 'slurm_load_ctl_conf error: Unable to contact slurm controller' },
    ],
    [
      'says that it is silent',
      new Map(),
      { [show('config')]: { exitCode: 124 } },
      { trouble: 'slurmctld, which does not answer' },
    ],
    [
      'finds what is in /etc/slurm, and own lines there that the share has not',
      new Map([[localPath, file(withOwn)]]),
      {},
      {
        local: {
          files: { [localPath]: withOwn, [localCgroupPath]: undefined },
          unsaved: [{ path: localPath, copy: `${localPath}.${sha256Of(withOwn).slice(0, 12)}.saved` }],
        },
      },
    ],
    [
      'finds its options taken',
      new Map([[defaultsPath, file('SLURMD_OPTIONS="-v"\n')]]),
      {},
      { optionsTaken: { by: 'file', path: defaultsPath } },
    ],
  ])('%s', async (_what, tree, commands, found) => {
    const { host } = machineWith(tree, commands)
    expect((await slurmd.observe(config, host, signal)).confServer).toMatchObject({ address: '10.0.0.5', ...found })
  })

  describe('and gres.conf with it', () => {
    const gpus = printGresConf([{ name: 'job-1', gres: [{ name: 'gpu', file: '/dev/nvidia0' }] }], '')
    const none = printGresConf([], '')
    const foreign = 'Name=gpu File=/dev/nvidia0\n'

    test.each([
      ['finds that it has it', gpus, gpus, 'this'],
      ['finds that it has another', gpus, none, 'another'],
      ['finds that it has none', undefined, gpus, 'another'],
      ['finds no fault with that of somebody else', foreign, undefined, 'this'],
      ['does not miss that of somebody else on the share', undefined, foreign, 'this'],
    ])('%s', async (_what, has, there, fetched) => {
      const put = (tree: Tree, path: string, text: string | undefined) =>
        text === undefined ? tree : tree.set(path, file(text))
      const { host } = machineWith(put(fetchedAll(), fetchedGresPath, has), {}, put(new Map(), sharedGres, there))
      expect((await slurmd.observe(config, host, signal)).confServer).toMatchObject({ fetched })
    })

    test('takes away the copy of it, and leaves that of somebody else', async () => {
      const copied = fetchedAll().set(fetchedGresPath, file(gpus)).set(localGres, file(gpus))
      const machine = machineWith(copied, {}, new Map([[sharedGres, file(gpus)]]))
      await settle(slurmd, config, machine)
      expect(machine.done.slice(-1)).toEqual([`remove ${localGres}`])
      const alone = machineWith(fetchedAll().set(localGres, file(foreign)))
      await settle(slurmd, config, alone)
      expect(alone.content(localGres)).toBe(foreign)
    })
  })

  test('holds the machine to the line of the share', async () => {
    const { line } = await slurmd.observe(config, machineWith(new Map()).host, signal)
    expect(line).toMatchObject({ names: 'job-1', memoryMiB: 1500 })
  })

  test('is tried again where the share names no such slurmctld', async () => {
    const { host } = machineWith(new Map())
    const read = async (path: string) => (path === shared ? 'NodeName=job-1\n' : await host.read(path))
    await expect(slurmd.observe(config, { ...host, read }, signal)).rejects.toThrow(
      `${shared} tells of no slurmctld that hands it out`,
    )
  })

  test('is followed by what it takes to fetch it on a machine that read a copy, and by nothing more', async () => {
    const machine = machineWith(
      new Map([
        [localPath, file(published)],
        [localCgroupPath, file(cgroup)],
      ]),
    )
    const saved = `${localPath}.${sha256Of(published).slice(0, 12)}.saved`
    const savedCgroup = `${localCgroupPath}.${sha256Of(cgroup).slice(0, 12)}.saved`
    expect(await settle(slurmd, config, machine)).toEqual({ is: 'converged', because: 'job-1 is IDLE' })
    const done = [
      `write ${confServerPath}`,
      'systemctl daemon-reload',
      `systemctl restart ${unit}`,
      `write ${saved}`,
      `write ${savedCgroup}`,
      `remove ${localPath}`,
      `remove ${localCgroupPath}`,
    ]
    expect(machine.done).toEqual(done)
    expect(await settle(slurmd, config, machine)).toEqual({ is: 'converged', because: 'job-1 is IDLE' })
    expect(machine.done).toEqual(done)
  })
})
