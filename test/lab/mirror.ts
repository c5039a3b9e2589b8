import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { basename, join, normalize } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { MIRROR, MIRROR_NAME } from './addresses.ts'
import { type Authority, issueCertificate } from './authority.ts'
import { serve } from './server.ts'

export interface Download {
  readonly url: string
  readonly sha256: string
}

/** The web server that stands for the apt mirror, the Node mirror and the place of the agent's releases. */
export interface Mirror {
  /** Serves a folder below /NAME/. */
  addFolder(name: string, folder: string): void
  /** Serves a file as /ITS-NAME; the answer is what a user_data needs to fetch it. */
  addFile(file: string): Download
  /** Holds every answer below this path back until the promise is done: a slow mirror. */
  delay(path: string, until: Promise<void>): void
  /** Resolves when a guest next asks for a path that begins so. */
  nextRequest(prefix: string): Promise<void>
  stop(): Promise<void>
}

export async function startMirror(authority: Authority, work: string): Promise<Mirror> {
  const roots = new Map<string, string>()
  const delays = new Map<string, Promise<void>>()
  const awaited: { prefix: string; resolve: () => void }[] = []

  function fileOf(path: string): string | undefined {
    const clean = normalize(path)
    const direct = roots.get(clean)
    if (direct !== undefined) return direct
    for (const [prefix, root] of roots) {
      if (prefix.endsWith('/') && clean.startsWith(prefix)) return join(root, clean.slice(prefix.length))
    }
    return undefined
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', `http://${MIRROR_NAME}`).pathname)
    for (const waiter of awaited.filter(({ prefix }) => path.startsWith(prefix))) {
      awaited.splice(awaited.indexOf(waiter), 1)
      waiter.resolve()
    }
    for (const [prefix, until] of delays) if (path.startsWith(prefix)) await until
    const file = fileOf(path)
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined)
    if (file === undefined || found === undefined || !found.isFile()) {
      response.writeHead(404, { 'content-length': 0 }).end()
      return
    }
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': found.size,
      'last-modified': found.mtime.toUTCString(),
    })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    await pipeline(createReadStream(file), response)
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A guest that loses its power in the middle of a download ends the connection: nothing to report.
    answer(request, response).catch(() => response.destroy())
  }
  const { chain, key } = await issueCertificate(authority, work, 'mirror', [MIRROR_NAME])
  const plain = await serve(createServer(listener), MIRROR, 80)
  const tls = await serve(createTlsServer({ cert: readFileSync(chain), key: readFileSync(key) }, listener), MIRROR, 443)
  return {
    addFolder(name, folder) {
      roots.set(`/${name}/`, folder)
    },
    addFile(file) {
      roots.set(`/${basename(file)}`, file)
      const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
      return { url: `https://${MIRROR_NAME}/${basename(file)}`, sha256 }
    },
    delay(path, until) {
      delays.set(path, until)
    },
    async nextRequest(prefix) {
      await new Promise<void>((resolve) => {
        awaited.push({ prefix, resolve })
      })
    },
    async stop() {
      await plain.stop()
      await tls.stop()
    },
  }
}
