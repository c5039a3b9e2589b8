import type { Server as HttpServer } from 'node:http'

/** One of the lab's own HTTP servers. */
export interface Server {
  stop(): Promise<void>
}

export async function serve(server: HttpServer, address: string, port: number): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
