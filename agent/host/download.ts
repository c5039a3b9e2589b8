import { mkdir, readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { dirname } from 'node:path'
import type { Download } from '../../src/engine/action.ts'
import { wrongDigest } from '../../src/formats/wrong-digest.ts'
import type { Stale } from './file-actions.ts'
import { sha256Of } from './files.ts'
import { replaceFile } from './replace-file.ts'
import { systemTrust } from './system-trust.ts'

interface Limits {
  /** What the server's certificate is verified by. */
  readonly trust?: string
  /** For the whole of it: the caller tries again. */
  readonly withinMs?: number
}

const mostRedirects = 5

/** What it fetches reaches the disk only once it is known to be the right thing. */
export async function download(
  { url, path, sha256, mostBytes }: Download,
  signal: AbortSignal,
  { trust = systemTrust, withinMs = 300_000 }: Limits = {},
): Promise<Stale> {
  const ca = await readFile(trust, 'utf8')
  const timeout = AbortSignal.timeout(withinMs)
  const bytes = await fetchBytes(url, ca, mostBytes, AbortSignal.any([signal, timeout])).catch((error: unknown) => {
    signal.throwIfAborted()
    const cause = timeout.aborted ? new Error(`not done within ${withinMs / 1_000} s`) : error
    throw new Error(`${url} cannot be fetched`, { cause })
  })
  const found = sha256Of(bytes)
  if (found !== sha256) throw new Error(wrongDigest(url, found))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await replaceFile(path, bytes, { mode: 0o600 })
  return undefined
}

async function fetchBytes(url: string, ca: string, mostBytes: number, signal: AbortSignal): Promise<Buffer> {
  let place = new URL(url)
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await get(place, ca, signal)
    const { statusCode = 0, headers } = response
    if (statusCode === 200) return await bytesOf(response, mostBytes)
    response.destroy()
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) throw new Error(`HTTP ${statusCode}`)
    place = new URL(headers.location, place)
    if (place.protocol !== 'https:') throw new Error(`it leads to ${place.origin}, which is not HTTPS`)
  }
  throw new Error(`more than ${mostRedirects} redirects`)
}

async function get(url: URL, ca: string, signal: AbortSignal): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request(url, { ca, signal, minVersion: 'TLSv1.2' }, resolve).on('error', reject).end()
  })
}

async function bytesOf(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    length += chunk.length
    if (length > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`) // which ends the response as well
  }
  return Buffer.concat(chunks)
}
