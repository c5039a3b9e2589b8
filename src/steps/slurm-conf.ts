import { expandNodeNames } from '../config/node-names.ts'
import type { Config } from '../config/schema.ts'
import type { Action, Write } from '../engine/action.ts'
import { toConverge } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import {
  nodeAddresses,
  ownLines,
  parseSlurmVersion,
  printCgroupConf,
  printSlurmConf,
  type SlurmVersion,
} from '../formats/slurm-conf.ts'
import { packageStates } from './installed.ts'
import { guardOf } from './mount-guard.ts'
import { shareOf } from './share.ts'
import { directoryTrouble, giveToSlurm, type SlurmDirectories, slurmDirectories } from './slurm-directories.ts'

const slurmConfPath = '/etc/slurm/slurm.conf'
const cgroupConfPath = '/etc/slurm/cgroup.conf'

/**
 * Of nodes that nobody can find yet. Debian's slurmctld (its patch retry-getaddrinfo, from 21.08.5-2 on) asks ten times,
 * a second apart, for each node that does not resolve, before it answers anybody: seen with 22.05.8, four nodes took
 * 40 s. This address is kept for documentation (RFC 5737): nobody answers there. No node gets it that the current
 * slurm.conf has without it: a name server that fails for a moment must not change the file of a running cluster.
 */
const noAddressYet = '192.0.2.1'

interface Seen {
  readonly version: SlurmVersion
  readonly address: string
  /** Entries of slurm.nodes whose first node is not found in DNS; where one is, all are taken to be. */
  readonly unresolved: readonly string[]
  /** By path, local and on the share. */
  readonly files: Readonly<Record<string, string | undefined>>
  readonly directories: SlurmDirectories
  /** Files of somebody else in the place of ours, and what they are to be saved as; not those that are saved already. */
  readonly unsaved: readonly { readonly path: string; readonly copy: string }[]
}

/** slurm.conf and cgroup.conf, here and on the share, and the directories that they name. */
export const slurmConf: Step<Config, Seen> = {
  id: 'slurm-conf',
  title: 'Slurm configuration',
  after: ['efs'],
  packages: () => ['slurmctld'],
  deadlineMs: () => 60_000,

  async observe(config, host, signal) {
    const share = shareOf(config)
    const [states, address, unresolved, files, directories] = await Promise.all([
      packageStates(['slurmctld'], host, signal),
      host.primaryAddress(),
      unresolvedOf(config, host, signal),
      entries([slurmConfPath, cgroupConfPath, share.slurmConf, share.cgroupConf], (path) => host.read(path)),
      slurmDirectories(config, host),
    ])
    const version = states.get('slurmctld')?.version ?? ''
    const release = parseSlurmVersion(version)
    if (release === undefined) throw new Error(`slurmctld has a version that is no Slurm release: "${version}"`)
    return { version: release, address, unresolved, files, directories, unsaved: await unsavedOf(files, host) }
  },

  decide(config, seen) {
    const share = shareOf(config)
    const trouble = directoryTrouble(config, seen.directories)
    if (trouble !== undefined) return trouble
    const current = new Map([...nodesIn(share.slurmConf), ...nodesIn(slurmConfPath)])
    const nodes = config.slurm.nodes.map((node) => {
      const mayStand = !current.has(node.name) || current.get(node.name) === noAddressYet
      return mayStand && seen.unresolved.includes(node.name) ? { ...node, address: noAddressYet } : node
    })
    const settings = { ...config.slurm, nodes, controller: { name: config.hostname, address: seen.address } }
    const slurm = printSlurmConf(settings, seen.version, own(slurmConfPath, share.slurmConf))
    const cgroup = printCgroupConf(seen.version, own(cgroupConfPath, share.cgroupConf))
    return toConverge(
      `slurm.conf for ${seen.version[0]}.${String(seen.version[1]).padStart(2, '0')}, here and on the share`,
      ...giveToSlurm(config, seen.directories),
      ...seen.unsaved.map(({ path, copy }) => saved(path, copy, seen, config)),
      file(slurmConfPath, slurm, seen, config),
      file(cgroupConfPath, cgroup, seen, config),
      seen.directories.share === undefined && {
        do: 'mkdir',
        path: share.directory,
        mode: 0o755,
        whileMounted: share.mountPoint,
        because: 'the cluster shares its configuration there',
      },
      file(share.slurmConf, slurm, seen, config),
      file(share.cgroupConf, cgroup, seen, config),
    )

    function nodesIn(path: string) {
      return nodeAddresses(seen.files[path] ?? '')
    }

    /** A front end that replaces a lost one finds the operator's lines on the share. */
    function own(local: string, shared: string): string {
      return ownLines(seen.files[local] ?? '') ?? ownLines(seen.files[shared] ?? '') ?? ''
    }
  },
}

async function unresolvedOf({ slurm }: Config, host: Host, signal: AbortSignal): Promise<readonly string[]> {
  const looks = slurm.nodes.map(async ({ name }) => {
    const [first = name] = expandNodeNames(name) ?? []
    return (await isFound(first, host, signal)) ? [] : [name]
  })
  return (await Promise.all(looks)).flat()
}

/** A name server that fails (EAI_AGAIN) is no failure of this step: the file stays as it is. */
async function isFound(name: string, host: Host, signal: AbortSignal): Promise<boolean> {
  const [look] = await Promise.allSettled([host.resolve(name, signal)])
  signal.throwIfAborted()
  return look.status === 'fulfilled' && look.value.length > 0
}

/** The copy is named by what it holds: a second one does not take the place of the first. */
async function unsavedOf(files: Seen['files'], host: Host): Promise<Seen['unsaved']> {
  const foreign = Object.keys(files).filter((path) => files[path] !== undefined && ownLines(files[path]) === undefined)
  const copies = await Promise.all(
    foreign.map(async (path) => {
      const sha256 = await host.sha256(path)
      if (sha256 === undefined) throw new Error(`${path} went away while it was looked at`)
      const copy = `${path}.${sha256.slice(0, 12)}.saved`
      return (await host.stat(copy)) === undefined ? [{ path, copy }] : []
    }),
  )
  return copies.flat()
}

function file(path: string, content: string, seen: Seen, config: Config): Write | false {
  const was = seen.files[path]
  if (was === content) return false
  const because = was === undefined ? 'it is not there' : 'it differs from the configuration'
  return { do: 'write', path, content, was, mode: 0o644, ...guardOf(path, config), because }
}

/** 0600, as the file may have been: old versions of Slurm take passwords in it. */
function saved(path: string, copy: string, seen: Seen, config: Config): Action {
  const content = seen.files[path] ?? ''
  const because = `${path} is not the agent's`
  return { do: 'write', path: copy, content, was: undefined, mode: 0o600, ...guardOf(path, config), because }
}

async function entries<T>(
  keys: readonly string[],
  look: (key: string) => Promise<T>,
): Promise<Readonly<Record<string, T>>> {
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await look(key)] as const)))
}
