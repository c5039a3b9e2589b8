import type { Exec } from '../../src/engine/action.ts'
import { type Export, type ExportWithOptions, parseExports, printExport } from '../../src/formats/exports.ts'
import { parseNfsConf } from '../../src/formats/nfs-conf.ts'
import { confPath, dropIn, dropInPath, exportsPath, shown, v3Units } from './nfs-state.ts'
import { mountShown, unitsShow, unitsShown } from './services.ts'
import { file, type SmallMachine, smallMachine, type Tree } from './small-machine.ts'

export interface NfsMachine extends SmallMachine {
  /** The table, as `path client`. */
  readonly exported: () => readonly string[]
  readonly exportByHand: (line: string, options?: readonly string[]) => void
  /** The same machine, whose power goes after so many more actions. */
  readonly cutOffAfter: (actions: number) => SmallMachine
}

const versionsPath = '/proc/fs/nfsd/versions'
const threadsPath = '/proc/fs/nfsd/threads'

/**
 * A server as the packages start it, tied to its mount before they came, with two CPUs: it does with its files and units
 * what the real one does.
 */
export function nfsMachine(files: Readonly<Record<string, string>>): NfsMachine {
  const local: Tree = new Map(
    Object.entries({ [dropInPath]: dropIn, ...files }).map(([path, content]) => [path, file(content)]),
  )
  local.set('/sys/devices/system/cpu/online', file('0-1\n'))
  const masked = new Set<string>()
  const active = new Set(v3Units)
  let table: readonly ExportWithOptions[] = []
  const machine: SmallMachine = smallMachine({ local, run, script: { commands: commands() } })
  const conf = () => parseNfsConf(machine.content(confPath) ?? '')
  const asked = () => [
    ...withOptions(machine.content('/etc/exports') ?? '', ['sync', 'ro']),
    ...withOptions(machine.content(exportsPath) ?? '', shown),
  ]
  restart()

  function restart(): void {
    const { v3, v4, threads } = conf()
    if (v3 && !active.has('rpcbind.socket')) throw new Error('rpc.nfsd: unable to set any sockets for nfsd')
    local.set(versionsPath, file(`${v3 ? '+' : '-'}3 ${v4 ? '+' : '-'}4\n`))
    local.set(threadsPath, file(`${threads}\n`))
    table = asked()
  }

  function run({ argv: [program, ...words] }: Exec): void {
    const [verb = '', ...rest] = words
    if (program === 'rpc.nfsd') return void local.set(threadsPath, file(`${verb}\n`))
    if (program === 'exportfs') {
      if (verb === '-a') table = [...table.filter((one) => !asked().some((two) => same(one, two))), ...asked()]
      else table = table.filter(({ path, client }) => `${client}:${path}` !== rest[0])
      return
    }
    for (const unit of rest) {
      if (verb === 'mask') masked.add(unit)
      else if (verb === 'unmask') masked.delete(unit)
      else if (verb === 'stop') active.delete(unit)
      else if (verb === 'start') active.add(unit)
      else if (unit === 'nfs-server.service') restart()
    }
  }

  function commands(): Record<string, string> {
    return {
      get [unitsShow('nfs-server.service', 'mnt-shared.mount', ...v3Units)]() {
        return [unitsShown('active'), mountShown(), ...v3Units.map(show)].join('\n')
      },
      get 'nfsconf --dump'() {
        return machine.content(confPath) ?? ''
      },
      get 'exportfs -v'() {
        return table.map((entry) => `${printExport(entry).replace(' ', '\t')}\n`).join('')
      },
    }
  }

  function show(unit: string): string {
    const load = masked.has(unit) ? 'masked' : 'loaded'
    return `LoadState=${load}\nActiveState=${active.has(unit) ? 'active' : 'inactive'}\n`
  }

  return {
    ...machine,
    exported: () => table.map(({ path, client }) => `${path} ${client}`),
    exportByHand: (line, options = ['sync', 'ro']) => {
      table = [...withOptions(line, options), ...table]
    },
    cutOffAfter: (actions) => {
      const last = machine.done.length + actions
      return {
        ...machine,
        perform: (action) => {
          if (machine.done.length >= last) throw new Error('cut off')
          return machine.perform(action)
        },
      }
    },
  }
}

function withOptions(text: string, options: readonly string[]): readonly ExportWithOptions[] {
  return parseExports(text).map((entry) => ({ ...entry, options }))
}

function same(one: Export, other: Export): boolean {
  return one.path === other.path && one.client === other.client
}
