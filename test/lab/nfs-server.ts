import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NFS_SERVER } from './addresses.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { listening } from './listening.ts'

export const NFS_PORT = 2049

/**
 * What the server gives to those who mount: all; all, but nothing is written; all, but root is nobody; nothing; the same
 * files as another file system, so that what was mounted before is stale; or it has mounted it all to them and no longer
 * answers.
 */
export type Serving = 'all' | 'read-only' | 'squashed' | 'nothing' | 'another' | 'frozen'

interface Export {
  readonly access: 'RW' | 'RO' | 'None'
  readonly id: number
  readonly squash?: 'Root_Squash'
}

/** An NFS 4.1 server that only its TLS front can reach. */
export interface NfsServer {
  /** The share's content. */
  readonly folder: string
  become(serving: Serving): Promise<void>
  stop(): Promise<void>
}

/** The server keeps root as root and owners as numbers, as EFS does, and grants no grace period, so that a mount never waits for one. */
function configuration(folder: string, { access, id, squash }: Export): string {
  return `NFS_CORE_PARAM {
  Protocols = 4;
  Bind_addr = ${NFS_SERVER};
  NFS_Port = ${NFS_PORT};
  Enable_NLM = false;
  Enable_RQUOTA = false;
  Enable_UDP = false;
}
NFSV4 {
  Graceless = true;
  RecoveryBackend = fs;
  Minor_Versions = 0, 1;
  Only_Numeric_Owners = true;
}
EXPORT {
  Export_Id = ${id};
  Path = ${folder};
  Pseudo = /;
  Protocols = 4;
  Access_Type = ${access};
  Squash = ${squash ?? 'No_Root_Squash'};
  SecType = sys;
  FSAL { Name = VFS; }
}
`
}

/** A file handle has the number of its export in it: under another one, the handles of before are stale. */
function configurationFor(serving: Exclude<Serving, 'frozen'>, folder: string): string {
  switch (serving) {
    case 'all':
      return configuration(folder, { access: 'RW', id: 1 })
    case 'read-only':
      return configuration(folder, { access: 'RO', id: 1 })
    case 'squashed':
      return configuration(folder, { access: 'RW', id: 1, squash: 'Root_Squash' })
    case 'nothing':
      return configuration(folder, { access: 'None', id: 1 })
    case 'another':
      return configuration(folder, { access: 'RW', id: 2 })
  }
}

export async function startNfsServer(work: string, signal: AbortSignal): Promise<NfsServer> {
  const folder = join(work, 'data')
  await mkdir(folder, { recursive: true })
  let serving: Serving = 'all'
  let running = configurationFor('all', folder)
  let daemon = await start()

  async function start(): Promise<Daemon> {
    await writeFile(join(work, 'ganesha.conf'), running)
    const logs = ['-N', 'NIV_EVENT', '-L', join(work, 'ganesha.log')]
    return await startDaemon({
      name: 'nfs-ganesha',
      // -F: in the foreground.
      argv: ['ganesha.nfsd', '-F', '-f', join(work, 'ganesha.conf'), '-p', join(work, 'ganesha.pid'), ...logs],
      logFile: join(work, 'ganesha.out'),
      ready: () => listening(NFS_SERVER, NFS_PORT),
      signal,
    })
  }

  return {
    folder,
    async become(next) {
      if (serving === 'frozen') daemon.resume()
      serving = next
      if (next === 'frozen') {
        daemon.pause()
        return
      }
      const wanted = configurationFor(next, folder)
      if (wanted === running) return
      running = wanted
      await daemon.stop()
      // A client remembers what it may do with a directory until that changes.
      const now = new Date()
      await utimes(folder, now, now)
      daemon = await start()
    },
    stop: () => daemon.stop(),
  }
}
