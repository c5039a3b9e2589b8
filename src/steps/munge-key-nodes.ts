import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import { expandNodeNames } from '../config/node-names.ts'
import type { Action } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { someNames } from '../engine/some-names.ts'
import type { Step } from '../engine/step.ts'
import { telling } from '../engine/told.ts'
import { rotationPath, stopSlurmctld } from './munge-key-rotation.ts'
import { nodeOf, toldPath } from './munge-key-told.ts'
import { fingerprintIn } from './munge-key-trust.ts'
import { unitStates } from './service.ts'
import { type Share, shareOf } from './share.ts'
import { slurmctldUnit } from './slurmctld.ts'

/** A node that is off takes the key up when it is on again: it is waited for only so long. */
const graceMinutes = 15

interface Rotating {
  readonly current: string
  /** The current key became so less than the grace ago. */
  readonly isNew: boolean
  /** Nodes that have told another key. */
  readonly lagging: readonly string[]
  /** Of slurmctld: active, inactive, … */
  readonly active: string
  /** In the directory of the keys. */
  readonly files: readonly string[]
}

/** The key is replaced once the nodes have the new one, or have had the time for it: until then, slurmctld is stopped. */
export const mungeKeyNodes: Step<FrontendConfig, { readonly rotating: Rotating | undefined }> = {
  id: 'munge-key-nodes',
  title: 'Munge key of the nodes',
  after: ['munge-key'],
  deadlineMs: () => (graceMinutes + 1) * 60_000,

  async observe(config, host, signal) {
    const share = shareOf(config)
    const rotation = await host.read(rotationPath(share))
    return { rotating: rotation === undefined ? undefined : await lookAtNodes(config, share, host, signal) }
  },

  decide(config, { rotating }) {
    const share = shareOf(config)
    if (rotating === undefined) return { is: 'converged', because: 'no key is being replaced' }
    const { isNew, lagging, active } = rotating
    if (!isNew || lagging.length === 0) return { is: 'act', actions: toFinish(rotating, share) }
    if (active === 'active' || active === 'activating') return { is: 'act', actions: [stopSlurmctld] }
    const what = `${someNames(lagging)}; at the latest ${graceMinutes} minutes after the change slurmctld starts without them`
    return { is: 'wait', code: 'MUNGE_KEY_NOT_TAKEN_UP', for: what }
  },
}

async function lookAtNodes(config: FrontendConfig, share: Share, host: Host, signal: AbortSignal): Promise<Rotating> {
  const pointer = join(share.mungeKeys, 'current')
  const lately = ['find', pointer, '-maxdepth', '0', '-cmin', `-${graceMinutes}`] as const
  const [link, found, names, files, [service]] = await Promise.all([
    host.stat(pointer),
    host.exec(lately, { signal }),
    host.list(share.nodes),
    host.list(share.mungeKeys),
    unitStates([slurmctldUnit], host, signal),
  ])
  const current = link?.target ?? ''
  const configured = new Set(config.slurm.nodes.flatMap(({ name }) => expandNodeNames(name) ?? []))
  const nodes = names.map(nodeOf).filter((node) => node !== undefined && configured.has(node))
  const told = await Promise.all(
    nodes.map(async (node = '') => ({ node, sha256: (await host.read(toldPath(share, node)))?.trim() })),
  )
  return {
    current,
    isNew: found.stdout !== '',
    lagging: told.flatMap(({ node, sha256 }) => (`${sha256}.key` === current ? [] : [node])),
    active: service?.active ?? 'unknown',
    files,
  }
}

/** All other keys go, and what a run that was cut off has left of one. No later run sees which nodes are without. */
function toFinish({ current, lagging, files }: Rotating, share: Share): readonly Action[] {
  const { mountPoint: whileMounted, mungeKeys } = share
  const others = files.filter((name) => (isLeftover(name) || fingerprintIn(name) !== undefined) && name !== current)
  const nodes = someNames(lagging)
  const because = nodes === '' ? 'the key was replaced' : `the nodes without the new key: ${nodes}`
  const text = `${nodes} did not take the new key up in time: their jobs may be lost`
  const ending = { do: 'remove', path: rotationPath(share), whileMounted, because } as const
  return [
    ...others.map((name) => ({ do: 'remove', path: join(mungeKeys, name), whileMounted, because }) as const),
    telling(ending, nodes === '' ? [] : [{ code: 'MUNGE_KEY_LEFT_BEHIND', text }]),
  ]
}

/** Of a file that was being written. */
function isLeftover(name: string): boolean {
  return /^\..*\.slurm-node-agent$/.test(name)
}
