import { describe, expect, test } from 'vitest'
import type { Exec } from '../../src/engine/action.ts'
import { oldExport } from '../../src/steps/old-export.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { entry, exportsFile, exportsPath, oldEntry, oldLine } from './nfs-state.ts'
import { file, settle, smallMachine, type Tree } from './small-machine.ts'

const main = '/etc/exports'
const site = '/etc/exports.d/site.exports'
const tablePath = '/var/lib/nfs/etab'
const packaged = `# /etc/exports: the access control list for filesystems which may be exported
#\t\tto NFS clients.  See exports(5).
`
/** As exportfs 2.6.2 keeps what the old line and the agent's file ask for. */
const oldRow =
  '/mnt/shared\t*(rw,sync,wdelay,hide,nocrossmnt,secure,no_root_squash,no_all_squash,no_subtree_check,secure_locks,acl,no_pnfs,anonuid=65534,anongid=65534,sec=sys,rw,no_root_squash,no_all_squash)\n'
const ownRow =
  '/mnt/shared\t10.0.0.0/16(rw,sync,wdelay,hide,nocrossmnt,secure,root_squash,no_all_squash,no_subtree_check,secure_locks,acl,no_pnfs,mountpoint,anonuid=65534,anongid=65534,sec=sys,rw,root_squash,no_all_squash)\n'

const config = configuration()
const elsewhere = configuration({ dataVolume: { volumeId: 'vol-0123456789abcdef0', mountPoint: '/srv/data' } })
const others = (content: string) => [{ path: main, content }]
const converged = { is: 'converged', because: "the old script's line does not export /mnt/shared" }
const warning = {
  code: 'NFS_OLD_EXPORT_REMOVED',
  text: `this line of the old script was removed from ${main}: ${oldLine}`,
} as const
const act = (...actions: object[]) => ({ is: 'act', actions })
const written = (content: string, was: string) => ({
  do: 'write' as const,
  path: main,
  content,
  was,
  mode: 0o644,
  keepsPermissions: true,
  warnings: [warning],
  because: 'the line of the old script opens the volume to everybody',
})
const unexport = {
  do: 'exec',
  argv: ['exportfs', '-u', '*:/mnt/shared'],
  because: '/mnt/shared is still exported to *',
}

describe('old-export', () => {
  test.each([
    ['has nothing to do where the script was not', packaged, [entry], converged],
    [
      'takes out the line and nothing else, and then what it has exported',
      `${packaged}/srv *(ro)\n${oldLine}\n\n/home 10.0.0.0/16(rw)`,
      [entry, oldEntry],
      act(
        written(
          `${packaged}/srv *(ro)\n\n/home 10.0.0.0/16(rw)`,
          `${packaged}/srv *(ro)\n${oldLine}\n\n/home 10.0.0.0/16(rw)`,
        ),
        unexport,
      ),
    ],
    [
      'takes out each of its lines, where no server runs',
      `${oldLine}\n${oldLine}\n`,
      [],
      act(written('', `${oldLine}\n${oldLine}\n`)),
    ],
    ['takes out what is still exported of a line that is gone', packaged, [oldEntry], act(unexport)],
    ['leaves what was changed by hand in that line', `${oldLine} # for the backup\n`, [oldEntry], converged],
    ['leaves another line for everybody', '/mnt/shared *(rw,no_root_squash)\n', [oldEntry], converged],
    ['leaves a line that was commented out', `#${oldLine}\n`, [entry], converged],
    ['leaves an export of another directory', packaged, [{ ...oldEntry, path: '/srv' }], converged],
    ['leaves an export to another client', packaged, [{ ...oldEntry, client: '10.0.0.0/16' }], converged],
    ['leaves an export with root squashed', packaged, [{ ...oldEntry, options: entry.options }], converged],
    [
      'leaves an export with the guard that the agent gives it',
      packaged,
      [{ ...oldEntry, options: [...oldEntry.options, 'mountpoint'] }],
      converged,
    ],
  ])('%s', (_behaviour, content, exported, decision) => {
    expect(oldExport.decide(config, { others: others(content), exported }, [])).toEqual(decision)
  })

  test('leaves the line, and what is exported, to somebody who has it in a file of his own', () => {
    const theirs = [...others(''), { path: site, content: `${oldLine}\n` }]
    expect(oldExport.decide(config, { others: theirs, exported: [oldEntry] }, [])).toEqual(converged)
  })

  test('leaves an export of /mnt/shared where the volume is elsewhere: it is somebody’s own', () => {
    expect(oldExport.decide(elsewhere, { others: others(`${oldLine}\n`), exported: [oldEntry] }, [])).toEqual({
      is: 'converged',
      because: "the old script's line does not export /srv/data",
    })
  })

  test('needs no data volume', () => {
    expect(oldExport.after).toEqual([])
  })

  test('sees the exports files of others and what is exported, and runs nothing for it', async () => {
    const host = fakeHost({
      directories: { '/etc/exports.d': ['site.exports', 'slurm-node-agent.exports'] },
      files: { [main]: packaged, [site]: 'site', [exportsPath]: exportsFile, [tablePath]: `${oldRow}${ownRow}` },
    })
    const seen = await oldExport.observe(config, host, signal)
    expect(seen.others).toEqual([...others(packaged), { path: site, content: 'site' }])
    expect(seen.exported.map(({ path, client }) => `${client}:${path}`)).toEqual([
      '*:/mnt/shared',
      '10.0.0.0/16:/mnt/shared',
    ])
  })

  test('sees no table before there was a server', async () => {
    const host = fakeHost({
      directories: { '/etc/exports.d': [] },
      files: { [main]: undefined, [tablePath]: undefined, [exportsPath]: undefined },
    })
    expect(await oldExport.observe(config, host, signal)).toEqual({ others: others(''), exported: [] })
  })
})

describe('a machine', () => {
  const machineOf = (content: string, table: string) => {
    const local: Tree = new Map([
      [main, file(content)],
      [tablePath, file(table)],
    ])
    const run = ({ argv }: Exec) => {
      expect(argv).toEqual(unexport.argv)
      local.set(tablePath, file(ownRow))
    }
    return smallMachine({ local, run })
  }

  test('as the old script left it is closed, and is left alone after that', async () => {
    const machine = machineOf(`# mine\n${oldLine}\n`, `${oldRow}${ownRow}`)
    expect(await settle(oldExport, config, machine)).toEqual({ ...converged, warnings: [warning] })
    expect(machine.done).toEqual([`write ${main}`, 'exportfs -u *:/mnt/shared'])
    expect(machine.content(main)).toBe('# mine\n')
    expect(await settle(oldExport, config, machine)).toEqual(converged)
    expect(machine.done).toHaveLength(2)
  })

  test('that was cut off between the two is closed by the next run', async () => {
    const machine = machineOf('# mine\n', `${oldRow}${ownRow}`)
    expect(await settle(oldExport, config, machine)).toEqual(converged)
    expect(machine.done).toEqual(['exportfs -u *:/mnt/shared'])
  })
})
