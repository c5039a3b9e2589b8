import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Step } from '../engine/step.ts'
import { parseExportfs } from '../formats/exportfs.ts'
import type { ExportWithOptions } from '../formats/exports.ts'
import { type Client, exportClients, unresolvedClients } from './nfs-clients.ts'
import { objectionToTable, staleExports, toExport } from './nfs-exportfs.ts'
import { type ExportsFiles, exportsFiles, toWrite } from './nfs-exports-files.ts'
import { widerExports } from './nfs-other-exports.ts'
import {
  nfsServer,
  objectionToServer,
  overriddenSettings,
  type Server,
  toConfigure,
  toServe,
  unitRules,
  unitsOf,
} from './nfs-server.ts'
import { exportTo } from './nfs-table.ts'
import { unmaskable } from './nfs-v3-units.ts'
import { refusal } from './refusal.ts'

interface Seen {
  readonly clients: readonly Client[]
  readonly files: ExportsFiles
  readonly server: Server
  readonly exported: readonly ExportWithOptions[]
}

/** The data volume, exported while it is mounted, to the cluster's networks, by a server with as little as it takes. */
export const nfsExport: Step<FrontendConfig, Seen> = {
  id: 'nfs-export',
  title: 'NFS export',
  after: ['data-volume', 'old-export'],
  packages: () => ['nfs-kernel-server'],
  units: unitRules,
  asksAbout: unitsOf,
  deadlineMs: () => 120_000,

  async observe(config, host, signal) {
    const [clients, files, server, exportfs] = await Promise.all([
      exportClients(config, host, signal),
      exportsFiles(host),
      nfsServer(config, host, signal),
      host.exec(['exportfs', '-v'], { signal }),
    ])
    return { clients, files, server, exported: parseExportfs(exportfs.stdout) }
  },

  decide(config, { clients, files, server, exported }, past) {
    if (clients.length === 0) {
      return refusal(
        'NFS_CLIENTS_UNKNOWN',
        'the metadata service names no IPv4 network of the VPC',
        'set nfs.clients to the networks of the cluster, such as ["10.0.0.0/16"]',
      )
    }
    const shown = clients.map((client) => client.shown).filter((client) => client !== undefined)
    const table = {
      ...files,
      wanted: shown.map((client) => exportTo(client, config)),
      isHostUnknown: shown.length < clients.length,
      mountPoint: config.dataVolume.mountPoint,
      exported,
    }
    const written = clients.map((client) => exportTo(client.written, config))
    const writes = [...toConfigure(config, server), ...toWrite(written, staleExports(table), files)]
    if (writes.length > 0) return { is: 'act', actions: writes }

    const objection = objectionToServer(server, past)
    if (objection !== undefined) return objection
    const serving = toServe(server)
    if (serving.length > 0) return { is: 'act', actions: serving }
    const { unit, active } = server.service
    if (active !== 'active') return { is: 'wait', code: 'NFS_NOT_EXPORTED', for: `${unit}, which is ${active}` }

    const exporting = toExport(table, past)
    if (exporting.length > 0) return { is: 'act', actions: exporting }
    const missing = objectionToTable(table, past)
    if (missing !== undefined) return missing
    return {
      is: 'converged',
      because: `${config.dataVolume.mountPoint} is exported to ${shown.join(', ') || 'no host that resolves'}`,
      warnings: [
        ...overriddenSettings(config, server),
        ...(server.settings.v3 ? [] : unmaskable(server.v3Units)),
        ...unresolvedClients(clients),
        ...widerExports(config, table),
      ],
    }
  },
}
