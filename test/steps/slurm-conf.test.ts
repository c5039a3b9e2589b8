import { describe, expect, test } from 'vitest'
import type { Exec } from '../../src/engine/action.ts'
import { slurmConf } from '../../src/steps/slurm-conf.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { unitsShow, unitsShown } from './services.ts'
import {
  bareShare,
  cgroup,
  config,
  converged,
  local,
  localCgroup,
  localGres,
  packaged,
  script,
  settled,
  share,
  shared,
  sharedCgroup,
  sharedGres,
  slurm,
  state,
  version,
} from './slurm-files.ts'
import { directory, file, settle, smallMachine, type Tree } from './small-machine.ts'

describe('slurm-conf', () => {
  test('has nothing to do', async () => {
    const machine = smallMachine({ local: settled(), shared: share(), script })
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([])
  })

  test('writes both files, here and on the share', async () => {
    const machine = smallMachine({ local: packaged(), shared: bareShare(), script })
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${local}`, `write ${localCgroup}`, `write ${shared}`, `write ${sharedCgroup}`])
    expect([local, shared].map((path) => machine.content(path))).toEqual([slurm(), slurm()])
    expect([localCgroup, sharedCgroup].map((path) => machine.content(path))).toEqual([cgroup(), cgroup()])
  })

  test('decides on all of it at once', async () => {
    const { host } = smallMachine({ local: new Map(), shared: new Map(), script })
    const because = 'it is not there'
    const owner = { user: 'slurm', group: 'slurm' }
    const guard = { whileMounted: '/mnt/work' }
    expect(slurmConf.decide(config, await slurmConf.observe(config, host, signal), [])).toEqual({
      is: 'act',
      actions: [
        { do: 'mkdir', path: state, mode: 0o700, owner, because },
        { do: 'mkdir', path: '/var/log/slurm', mode: 0o755, owner, because },
        { do: 'write', path: local, content: slurm(), was: undefined, mode: 0o644, because },
        { do: 'write', path: localCgroup, content: cgroup(), was: undefined, mode: 0o644, because },
        { do: 'write', path: shared, content: slurm(), was: undefined, mode: 0o644, ...guard, because },
        { do: 'write', path: sharedCgroup, content: cgroup(), was: undefined, mode: 0o644, ...guard, because },
      ],
    })
  })

  test.each([
    ['21.08.5-2ubuntu1', '21.08'],
    ['22.05.8-4+deb12u3', '22.05'],
    ['23.11.4-1.2ubuntu5', '23.11'],
    ['24.11.5-4', '24.11'],
    ['25.11.2-1', '25.11'],
  ])('writes them for the installed %s, and once', async (debian, release) => {
    const machine = smallMachine({ local: packaged(), shared: bareShare(), script: version(debian) })
    const because = `slurm.conf for ${release}, here and on the share`
    expect(await settle(slurmConf, config, machine)).toEqual({ is: 'converged', because })
    expect(machine.done).toHaveLength(4)
  })

  test('follows an upgrade of Slurm', async () => {
    const machine = smallMachine({ local: settled(), shared: share(), script: version('21.08.5-2ubuntu1') })
    await settle(slurmConf, config, machine)
    expect(machine.done).toEqual([`write ${local}`, `write ${localCgroup}`, `write ${shared}`, `write ${sharedCgroup}`])
  })

  test('follows the configuration', async () => {
    const changed = configuration({ hostname: 'head', slurm: { clusterName: 'other' } })
    const machine = smallMachine({ local: settled(), shared: share(), script })
    await settle(slurmConf, changed, machine)
    expect(machine.done).toEqual([`write ${local}`, `write ${shared}`])
    expect(machine.content(shared)).toBe(slurm('', changed))
  })

  test('undoes an edit above the line', async () => {
    const edited = packaged([local, file(slurm('A=b\n').replace('=300', '=30'))], [localCgroup, file(cgroup())])
    const machine = smallMachine({ local: edited, shared: share('A=b\n'), script })
    await settle(slurmConf, config, machine)
    expect([machine.done, machine.content(local)]).toEqual([[`write ${local}`], slurm('A=b\n')])
  })

  describe('gives slurmctld its directories', () => {
    const owner = { user: 'slurm', group: 'slurm' }
    const actionsFor = async (stateSaveLocation: string, tree: Tree) => {
      const changed = configuration({ slurm: { stateSaveLocation } })
      const { host } = smallMachine({ local: tree, shared: share(), script })
      const decision = slurmConf.decide(changed, await slurmConf.observe(changed, host, signal), [])
      return decision.is === 'act' ? decision.actions.filter((action) => action.do === 'mkdir') : []
    }

    test('that belong to others', async () => {
      const tree = settled().set(state, directory(0o755))
      expect(await actionsFor(state, tree)).toEqual([
        { do: 'mkdir', path: state, mode: 0o700, owner, because: 'it belongs to root:root' },
      ])
    })

    test('whatever they are called, only where they hold nothing', async () => {
      const tree = settled()
        .set(state, directory(0o755, 'ubuntu:ubuntu'))
        .set(`${state}/notes`, file(''))
        .set(`${state}/work`, file(''))
      const machine = smallMachine({ local: tree, shared: share(), script })
      expect(await settle(slurmConf, config, machine)).toEqual({
        is: 'refuse',
        code: 'SLURM_DIRECTORY_TAKEN',
        because: `${state} belongs to ubuntu:ubuntu and is not empty: it holds "notes" and 1 more`,
        hint: `choose another slurm.stateSaveLocation, or, if slurmctld's state is in it, run chown --recursive slurm:slurm ${state}`,
      })
      expect(machine.done).toEqual([])
    })

    test('with all that is in them, where only the group is wrong', async () => {
      const tree = settled().set(state, directory(0o700, 'slurm:root')).set(`${state}/job_state`, file('', 0o600))
      expect(await actionsFor(state, tree)).toEqual([
        { do: 'mkdir', path: state, mode: 0o700, owner, because: 'it belongs to slurm:root' },
      ])
    })

    test.each([
      ['for the state', state],
      ['for the log', '/var/log/slurm'],
      ['on the share', '/mnt/work/slurm'],
    ])('but follows no link to one %s', async (_what, path) => {
      const link = [path, { kind: 'symlink', target: '/home/ubuntu' }] as const
      const machine = smallMachine({ local: settled().set(...link), shared: share().set(...link), script })
      expect(await settle(slurmConf, config, machine)).toEqual({
        is: 'refuse',
        code: 'SLURM_DIRECTORY_TAKEN',
        because: `${path} is a symbolic link to /home/ubuntu, no directory`,
        hint: `move ${path} away, or put a directory there`,
      })
      expect(machine.done).toEqual([])
    })

    test.each([
      ['of EFS', '/mnt/work', '/mnt/work/state'],
      ['of a disk of their own', '/srv/slurm', '/srv/slurm/slurmctld'],
    ])('below the mount %s only while it is mounted', async (_what, mountPoint, path) => {
      const tree = settled()
        .set('/etc/fstab', file(`a ${mountPoint} auto nofail 0 0\n`))
        .set('/proc/self/mountinfo', file(`30 28 259:3 / ${mountPoint} rw - auto a rw\n`))
      expect(await actionsFor(path, tree)).toEqual([
        { do: 'mkdir', path, mode: 0o700, owner, whileMounted: mountPoint, because: 'it is not there' },
      ])
    })

    test('on the data volume only while it is mounted, whatever /etc/fstab says', async () => {
      const path = '/mnt/shared/slurmctld'
      expect(await actionsFor(path, settled().set('/mnt/shared', directory(0o755)))).toEqual([
        { do: 'mkdir', path, mode: 0o700, owner, whileMounted: '/mnt/shared', because: 'it is not there' },
      ])
    })

    test('but not where users could put another one in its place', async () => {
      const changed = configuration({ slurm: { stateSaveLocation: '/mnt/shared/slurmctld' } })
      const machine = smallMachine({ local: settled().set('/mnt/shared', directory(0o1777)), shared: share(), script })
      expect(await settle(slurmConf, changed, machine)).toEqual({
        is: 'refuse',
        code: 'SLURM_DIRECTORY_TAKEN',
        because:
          "/mnt/shared can be written by others than root and slurm: others than slurm could choose the scheduler's state, /mnt/shared/slurmctld",
        hint: 'chmod go-w /mnt/shared',
      })
      expect(machine.done).toEqual([])
    })

    test('but not anew where slurm.conf of an earlier run has them', async () => {
      const tree = settled()
      tree.delete(state)
      const machine = smallMachine({ local: tree, shared: share(), script })
      expect(await settle(slurmConf, config, machine)).toEqual({
        is: 'refuse',
        code: 'SLURM_STATE_GONE',
        because: `${state} is not there, and slurm.conf of an earlier run names it: its jobs are in it`,
        hint: `mount its disk or put it back; to begin without jobs, install --directory --owner=slurm --group=slurm --mode=0700 ${state}`,
      })
      expect(machine.done).toEqual([])
      tree.delete(local)
      expect(await settle(slurmConf, config, machine)).toEqual(converged)
      expect(machine.done[0]).toBe(`mkdir ${state}`)
    })

    test('and nothing on the bare directory of a disk that is not mounted', async () => {
      const tree = settled().set('/etc/fstab', file('LABEL=slurm-state /srv/slurm ext4 nofail 0 2\n'))
      const machine = smallMachine({ local: tree, shared: new Map(), script })
      const changed = configuration({ slurm: { stateSaveLocation: '/srv/slurm/slurmctld' } })
      expect(await settle(slurmConf, changed, machine)).toEqual({
        is: 'wait',
        code: 'SLURM_STATE_NOT_MOUNTED',
        for: '/dev/disk/by-label/slurm-state, which /etc/fstab has for /srv/slurm',
      })
      expect(machine.done).toEqual([])
    })

    describe('on a disk that came late', () => {
      const mountPoint = '/srv/slurm'
      const path = `${mountPoint}/slurmctld`
      const changed = configuration({ slurm: { stateSaveLocation: path } })
      const find = `find ${mountPoint} -xdev ! -type d -print -quit`
      const machineWith = (active: string, found: string, onDisk: Tree = new Map()) => {
        const tree = settled()
          .set('/etc/fstab', file(`LABEL=slurm-state ${mountPoint} ext4 nofail 0 2\n`))
          .set('/dev/disk/by-label/slurm-state', { kind: 'symlink', target: '../../nvme2n1' })
          .set(mountPoint, directory(0o755))
        const commands = {
          ...script.commands,
          [unitsShow('slurmctld.service')]: unitsShown(active),
          [find]: found,
          [String.raw`systemctl is-failed srv-slurm.mount systemd-fsck@dev-disk-by\x2dlabel-slurm\x2dstate.service`]: {
            exitCode: 1,
          },
        }
        return smallMachine({ local: tree, shared: share(), script: { ...script, commands }, run })

        function run({ argv }: Exec): void {
          if (argv[1] !== 'start') return
          tree.set('/proc/self/mountinfo', file(`30 28 259:3 / ${mountPoint} rw - ext4 /dev/nvme2n1 rw\n`))
          for (const [at, place] of onDisk) tree.set(at, place)
        }
      }

      test('once it is mounted', async () => {
        const machine = machineWith('inactive', '')
        expect(await settle(slurmConf, changed, machine)).toEqual(converged)
        expect(machine.done).toEqual([
          'systemctl daemon-reload',
          'systemctl start srv-slurm.mount',
          `mkdir ${path}`,
          `write ${local}`,
          `write ${shared}`,
        ])
      })

      test('but not those that are of somebody else on it', async () => {
        const onDisk: Tree = new Map([
          [path, directory(0o755)],
          [`${path}/notes`, file('')],
        ])
        const machine = machineWith('inactive', '', onDisk)
        expect(await settle(slurmConf, changed, machine)).toMatchObject({
          is: 'refuse',
          code: 'SLURM_DIRECTORY_TAKEN',
          because: `${path} belongs to root:root and is not empty: it holds "notes"`,
        })
        expect(machine.done).toEqual(['systemctl daemon-reload', 'systemctl start srv-slurm.mount'])
      })

      test.each([
        ['while slurmctld runs', 'active', '', 'slurmctld.service is active'],
        ['over its files', 'inactive', `${path}/job_state\n`, `it would hide "${path}/job_state"`],
      ])('and never %s', async (_when, active, found, inTheWay) => {
        const machine = machineWith(active, found)
        expect(await settle(slurmConf, changed, machine)).toMatchObject({
          is: 'refuse',
          code: 'MOUNT_WOULD_HIDE_FILES',
          because: `${mountPoint} is in /etc/fstab, and not mounted; ${inTheWay}`,
        })
        expect(machine.done).toEqual([])
      })
    })

    test('beside a mount point that begins alike', async () => {
      expect(await actionsFor('/mnt/workspace', settled())).toEqual([
        { do: 'mkdir', path: '/mnt/workspace', mode: 0o700, owner, because: 'it is not there' },
      ])
    })
  })

  test('leaves nodes that DNS knows to their names', async () => {
    const machine = smallMachine({
      local: packaged(),
      shared: new Map(),
      script: { ...script, names: { 'job-1': ['10.0.0.7'] } },
    })
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.content(local)).toContain('NodeName=job-[1-4] CPUs=2')
  })

  describe('when a node is not found', () => {
    const plain = slurm().replaceAll(' NodeAddr=192.0.2.1', '')
    const placed = (content: string) => packaged([local, file(content)], [localCgroup, file(cgroup())])
    const shareOf = (content: string) => share().set(shared, file(content))
    const unknown = async (): Promise<readonly string[]> => {
      throw new Error('job-1 cannot be looked up')
    }

    test.each([
      ['that slurm.conf has by its name', placed(plain), shareOf(plain)],
      ['that has no place to be found at yet', placed(slurm()), shareOf(slurm())],
    ])('leaves the file as it is for one %s', async (_what, tree, onShare) => {
      for (const resolve of [undefined, unknown]) {
        const machine = smallMachine({ local: new Map(tree), shared: new Map(onShare), script })
        const looked = { ...machine, host: { ...machine.host, ...(resolve && { resolve }) } }
        expect(await settle(slurmConf, config, looked)).toEqual(converged)
        expect(machine.done).toEqual([])
      }
    })

    test('takes it from the share for a new front end', async () => {
      const machine = smallMachine({ local: packaged(), shared: shareOf(plain), script })
      await settle(slurmConf, config, machine)
      expect(machine.content(local)).toBe(plain)
    })

    test('goes back to its name once it is found', async () => {
      const found = { ...script, names: { 'job-1': ['10.0.0.7'] } }
      const machine = smallMachine({ local: settled(), shared: share(), script: found })
      await settle(slurmConf, config, machine)
      expect([machine.done, machine.content(local)]).toEqual([[`write ${local}`, `write ${shared}`], plain])
    })

    test('stops when it is told to', async () => {
      const { host } = smallMachine({ local: settled(), shared: share(), script })
      const look = slurmConf.observe(config, { ...host, resolve: unknown }, AbortSignal.abort(new Error('stop')))
      await expect(look).rejects.toThrow('stop')
    })
  })

  test('cannot be looked at without a release', async () => {
    const look = slurmConf.observe(config, smallMachine({ local: packaged(), script: version('unknown') }).host, signal)
    await expect(look).rejects.toThrow('slurmctld has a version that is no Slurm release: "unknown"')
  })

  test('reads no more than it needs', async () => {
    const here = { [local]: slurm(), [localCgroup]: undefined, [localGres]: undefined }
    const files = { ...here, [shared]: undefined, [sharedCgroup]: undefined, [sharedGres]: undefined }
    const mounts = { '/etc/fstab': undefined, '/proc/self/mountinfo': undefined }
    const stats = { [state]: undefined, '/var/log/slurm': undefined, '/mnt/work/slurm': undefined }
    expect(
      await slurmConf.observe(
        config,
        fakeHost({ ...script, files: { ...files, ...mounts }, stats, directories: { '/mnt/work/slurm/nodes': [] } }),
        signal,
      ),
    ).toEqual({
      version: [22, 5],
      address: '10.0.0.5',
      nodes: { unresolved: ['job-[1-4]'], told: new Map(), holders: new Map(), damaged: [] },
      files,
      directories: { state: undefined, stateDisk: undefined, stateHolds: [], log: undefined, share: undefined },
      unsaved: [],
    })
  })
})
