import type { FrontendConfig } from '../config/frontend-schema.ts'
import { type Decision, toConverge, withWarnings } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { printGresConf } from '../formats/gres-conf.ts'
import { ownLines } from '../formats/own-lines.ts'
import { parseSlurmVersion, printCgroupConf, printSlurmConf, type SlurmVersion } from '../formats/slurm-conf.ts'
import { mountFirst } from './listed-mount.ts'
import { lookAtNodes, type Nodes, nodeDefinitions } from './node-definitions.ts'
import { shareOf } from './share.ts'
import { directoryTrouble, giveToSlurm, type SlurmDirectories, slurmDirectories } from './slurm-directories.ts'
import {
  cgroupConfPath,
  confPaths,
  editedOnShare,
  type Files,
  gresConfPath,
  placesOf,
  readAll,
  slurmConfPath,
  toSave,
  toWrite,
  type Unsaved,
  unsavedOf,
} from './slurm-files.ts'

interface Seen {
  readonly version: SlurmVersion
  readonly address: string
  readonly nodes: Nodes
  /** Local and on the share. */
  readonly files: Files
  readonly directories: SlurmDirectories
  readonly unsaved: readonly Unsaved[]
}

/**
 * slurm.conf, cgroup.conf and, where nodes have device files, gres.conf: here and on the share, with the directories that
 * they name.
 */
export const slurmConf: Step<FrontendConfig, Seen> = {
  id: 'slurm-conf',
  title: 'Slurm configuration',
  after: ['front-end'],
  packages: () => ['slurmctld'],
  // A disk for the state may come as late as the data volume.
  deadlineMs: () => 300_000,

  async observe(config, host, signal) {
    const share = shareOf(config)
    const [states, address, nodes, files, directories] = await Promise.all([
      host.packages(signal),
      host.primaryAddress(),
      lookAtNodes(config, share, host, signal),
      readAll([...confPaths, ...placesOf(share).map(({ shared }) => shared)], host),
      slurmDirectories(config, host, signal),
    ])
    const version = states.get('slurmctld')?.version ?? ''
    const release = parseSlurmVersion(version)
    if (release === undefined) throw new Error(`slurmctld has a version that is no Slurm release: "${version}"`)
    const edited = await editedOnShare(files, share, host)
    const unsaved = await unsavedOf(files, host, (path) => edited.has(path))
    return { version: release, address, nodes, files, directories, unsaved }
  },

  decide(config, seen) {
    const { version, files } = seen
    const share = shareOf(config)
    const mounting = mountFirst(seen.directories.stateDisk, 'SLURM_STATE_NOT_MOUNTED')
    if (mounting !== undefined) return mounting
    const trouble = directoryTrouble(config, seen.directories, files[slurmConfPath])
    if (trouble !== undefined) return trouble
    const nodes = nodeDefinitions(config.slurm.nodes, seen.nodes, [
      files[share.slurmConf] ?? '',
      files[slurmConfPath] ?? '',
    ])
    const settings = {
      ...config.slurm,
      nodes,
      accounting: config.accounting.enabled,
      controller: { name: config.hostname, address: seen.address },
    }
    const contents = {
      [gresConfPath]: gresConf(),
      [slurmConfPath]: printSlurmConf(settings, version, own(slurmConfPath, share.slurmConf) ?? ''),
      [cgroupConfPath]: printCgroupConf(version, own(cgroupConfPath, share.cgroupConf) ?? ''),
    }
    const confs = placesOf(share)
      .map((place) => ({ ...place, content: contents[place.local] }))
      .filter(({ content }) => content !== undefined)
    const replaced = new Set(confs.flatMap(({ local, shared }) => [local, shared]))
    const decision = toConverge(
      `slurm.conf for ${version[0]}.${String(version[1]).padStart(2, '0')}, here and on the share`,
      ...giveToSlurm(config, seen.directories),
      ...seen.unsaved.filter(({ path }) => replaced.has(path)).map((one) => toSave(one, files, config)),
      ...confs.map(({ local, content }) => toWrite(local, content, files, config)),
      ...confs.map(({ shared, content }) => toWrite(shared, content, files, config)),
    )
    return tellOfDamaged(decision, seen.nodes.damaged)

    /** Once there is one of ours, it stays: that it no longer names a file must reach the job servers, too. */
    function gresConf(): string | undefined {
      const kept = own(gresConfPath, share.gresConf)
      const isNeeded = config.slurm.nodes.some(({ gres = [] }) => gres.some(({ file }) => file !== undefined))
      return isNeeded || kept !== undefined ? printGresConf(config.slurm.nodes, kept ?? '') : undefined
    }

    /** A front end that replaces a lost one finds the operator's lines on the share. */
    function own(local: string, shared: string): string | undefined {
      return ownLines(files[local] ?? '') ?? ownLines(files[shared] ?? '')
    }
  },
}

function tellOfDamaged(decision: Decision, damaged: readonly string[]): Decision {
  const warnings = damaged.map((path) => ({
    code: 'NODE_RECORD_DAMAGED' as const,
    text: `${path} is no record of a node of that name: what it says is not taken`,
  }))
  return withWarnings(decision, ...warnings)
}
