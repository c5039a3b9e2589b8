import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { METADATA } from './addresses.ts'
import type { Cloud } from './cloud.ts'
import { isLeaf, type Leaf, metadataTree, type Tree } from './metadata-tree.ts'
import { type Server, serve } from './server.ts'

/** The versions that cloud-init looks for, out of all that EC2 lists. */
const VERSIONS = ['2009-04-04', '2016-09-02', '2018-09-24', '2020-10-27', '2021-03-23', '2024-04-11', 'latest']

const TOKEN_TTL = 'x-aws-ec2-metadata-token-ttl-seconds'
const TOKEN = 'x-aws-ec2-metadata-token'

/** The instance metadata service, version 2 alone: without a session token every read is 401. */
export async function startMetadata(cloud: Cloud): Promise<Server> {
  const tokens = new Map<string, number>()

  function issueToken(request: IncomingMessage, response: ServerResponse): void {
    const ttlSeconds = Number(request.headers[TOKEN_TTL])
    if (request.method !== 'PUT') return reply(response, 405)
    if (request.headers['x-forwarded-for'] !== undefined) return reply(response, 403)
    if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > 21_600) return reply(response, 400)
    const token = randomBytes(42).toString('base64')
    tokens.set(token, Date.now() + ttlSeconds * 1000)
    response.setHeader(TOKEN_TTL, String(ttlSeconds))
    reply(response, 200, token)
  }

  function read(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') return reply(response, 405)
    const token = request.headers[TOKEN]
    const expires = typeof token === 'string' ? tokens.get(token) : undefined
    if (expires === undefined || expires < Date.now()) return reply(response, 401)
    const instance = cloud.instanceAt(callerAddress(request))
    if (instance === undefined) return reply(response, 404)
    const found = lookUp(metadataTree(instance), request.url ?? '/')
    if (found === undefined) return reply(response, 404)
    reply(response, 200, found)
  }

  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (path === '/latest/api/token') return issueToken(request, response)
    return read(request, response)
  })
  return await serve(server, METADATA, 80)
}

function callerAddress(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}

/** A folder answers with its names, each subfolder's with a slash; an empty leaf (no user data) is not there. */
function lookUp(tree: Tree, url: string): Leaf | undefined {
  const [version, ...path] = (url.split('?')[0] ?? '').split('/').filter((part) => part !== '')
  if (version === undefined) return VERSIONS.join('\n')
  if (!VERSIONS.includes(version)) return undefined
  let node: Leaf | Tree | undefined = tree
  for (const part of path) {
    if (node === undefined || isLeaf(node)) return undefined
    node = node[decodeURIComponent(part)]
  }
  if (node === undefined || node === '') return undefined
  if (isLeaf(node)) return node
  return Object.entries(node)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => (isLeaf(value) ? name : `${name}/`))
    .join('\n')
}

function reply(response: ServerResponse, status: number, body: Leaf = ''): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
