import type { Config } from '../config/schema.ts'
import type { ActionOutcome } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type Export, parseExportfs, printExports } from '../formats/exports.ts'
import { refusal } from './refusal.ts'
import { type ServiceState, serviceState, toRun } from './service.ts'

const exportsPath = '/etc/exports.d/slurm-node-agent.exports'

interface Seen {
  /** The client networks; none when neither the configuration nor the metadata service names any. */
  readonly clients: readonly string[]
  readonly file: string | undefined
  readonly service: ServiceState
  readonly exported: readonly Export[]
}

/** The data volume, exported to the cluster's networks while it is mounted. */
export const nfsExport: Step<Config, Seen> = {
  id: 'nfs-export',
  title: 'NFS export',
  after: ['packages', 'data-volume'],
  packages: () => ['nfs-kernel-server'],
  deadlineMs: () => 120_000,

  async observe(config, host, signal) {
    const [clients, file, service, exportfs] = await Promise.all([
      config.nfs.clients ?? vpcNetworks(host, signal),
      host.read(exportsPath),
      serviceState('nfs-server.service', host, signal),
      host.exec(['exportfs', '-v'], { signal }),
    ])
    return { clients, file, service, exported: parseExportfs(exportfs.stdout) }
  },

  decide(config, { clients, file, service, exported }, past) {
    if (clients.length === 0) {
      return refusal(
        'NFS_CLIENTS_UNKNOWN',
        'the metadata service names no IPv4 network of the VPC',
        'set nfs.clients to the networks of the cluster, such as ["10.0.0.0/16"]',
      )
    }
    const wanted = clients.map((client) => exportFor(client, config))
    const content = printExports(wanted)
    if (file !== content) {
      const because = file === undefined ? 'the volume is not exported' : 'it differs from the configuration'
      return {
        is: 'act',
        actions: [{ do: 'write', path: exportsPath, content, was: file, mode: 0o644, because }, reexport(because)],
      }
    }
    const actions = toRun(service, 0)
    if (actions.length > 0) return { is: 'act', actions }
    const missing = wanted.find((entry) => !exported.some((candidate) => isSame(entry, candidate)))
    const surplus = exported.find((entry) => isLeftOver(entry, config, clients))
    if ((missing ?? surplus) !== undefined && !hasReexported(past)) {
      const because = missing
        ? `${missing.path} is not exported to ${missing.client} as it should be`
        : `${surplus?.path} is still exported to ${surplus?.client}`
      return { is: 'act', actions: [reexport(because)] }
    }
    if (missing !== undefined) {
      const what = `exportfs -v to show ${missing.client}(${missing.options.join(',')}) for ${missing.path}`
      return { is: 'wait', code: 'NFS_NOT_EXPORTED', for: what }
    }
    return { is: 'converged', because: `${config.dataVolume.mountPoint} is exported to ${clients.join(', ')}` }
  },
}

/** `mountpoint`: without the volume, the bare directory below it would be served as if it were the data. */
function exportFor(client: string, { nfs, dataVolume }: Config): Export {
  const squash = nfs.rootSquash ? 'root_squash' : 'no_root_squash'
  return { path: dataVolume.mountPoint, client, options: ['rw', 'sync', 'no_subtree_check', squash, 'mountpoint'] }
}

function isSame(wanted: Export, candidate: Export): boolean {
  if (wanted.path !== candidate.path || wanted.client !== candidate.client) return false
  return wanted.options.every((option) => candidate.options.includes(option))
}

/** Of a network that has left the configuration, by a run that was cut off: others hardly write `mountpoint`. */
function isLeftOver({ path, client, options }: Export, { dataVolume }: Config, clients: readonly string[]): boolean {
  return path === dataVolume.mountPoint && !clients.includes(client) && options.includes('mountpoint')
}

/** exportfs has done its work when it ends: what is there then comes from another file, or will not come at all. */
function hasReexported(past: readonly ActionOutcome[]): boolean {
  return past.some(({ is, action }) => is === 'done' && action.do === 'exec' && action.argv[0] === 'exportfs')
}

function reexport(because: string) {
  return { do: 'exec', argv: ['exportfs', '-ra'], because } as const
}

/** All IPv4 networks of the VPC of the primary interface. */
async function vpcNetworks(host: Host, signal: AbortSignal): Promise<readonly string[]> {
  const mac = (await host.metadata('meta-data/mac', signal))?.trim()
  if (mac === undefined) return []
  const networks = await host.metadata(`meta-data/network/interfaces/macs/${mac}/vpc-ipv4-cidr-blocks`, signal)
  return (networks ?? '').split('\n').filter((network) => /^[\d.]+\/\d+$/.test(network))
}
