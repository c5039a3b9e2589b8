import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** An item below /latest/ of the metadata service; undefined where there is none. */
export type Metadata = (path: string, signal: AbortSignal) => Promise<string | undefined>

/** The service is on the instance's own link: it answers in milliseconds, once in a long while only when asked again. */
const answerMs = 3_000
const tries = 2
const tokenSeconds = 300
/** A token is not used in its last seconds, so that it is still good when it arrives. */
const spareMs = 10_000

/** The instance metadata service, in its version 2 alone: each request carries a token, there is no way around it. */
export function metadataAt(endpoint: string): Metadata {
  let token: { readonly value: Promise<string>; readonly expiresAtMs: number } | undefined

  function currentToken(): Promise<string> {
    if (token === undefined || Date.now() > token.expiresAtMs) {
      // Shared by all who ask at once, so it hangs on no caller's signal.
      token = { value: fetchToken(endpoint), expiresAtMs: Date.now() + tokenSeconds * 1_000 - spareMs }
    }
    return token.value
  }

  return async (path, signal) => {
    signal.throwIfAborted()
    let value: string
    try {
      value = await currentToken()
    } catch (error) {
      token = undefined
      throw error
    }
    const headers = { 'X-aws-ec2-metadata-token': value }
    const response = await ask(`${endpoint}/latest/${path}`, { headers, signal })
    if (response.status === 200) return response.body
    if (response.status === 401) token = undefined // not known to it, as after a hibernation: the next look takes a new one
    if (response.status === 404) return undefined
    throw new Error(`the metadata service answered ${path} with HTTP ${response.status}`)
  }
}

async function fetchToken(endpoint: string): Promise<string> {
  const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': String(tokenSeconds) }
  const { status, body } = await ask(`${endpoint}/latest/api/token`, { method: 'PUT', headers })
  if (status === 200) return body
  const hint = status === 403 ? '; it is turned off for this instance (http-endpoint)' : ''
  throw new Error(`the metadata service gave no token: HTTP ${status}${hint}`)
}

interface Request {
  readonly method?: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

interface Response {
  readonly status: number
  readonly body: string
}

async function ask(url: string, options: Request, left = tries): Promise<Response> {
  try {
    return await askOnce(url, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (left > 1) return await ask(url, options, left - 1)
    throw new Error(`the metadata service did not answer at ${url}`, { cause: error })
  }
}

/** Not by fetch: loading that takes 10 MB and a tenth of a second more. */
async function askOnce(url: string, { signal, ...options }: Request): Promise<Response> {
  const timeout = AbortSignal.timeout(answerMs)
  const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { ...options, signal: until }, resolve)
      .on('error', reject)
      .end()
  })
  return { status: response.statusCode ?? 0, body: await text(response) }
}

/** By the name that AWS's own tools know it by; on an instance it is not set. */
export const metadata = metadataAt(process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? 'http://169.254.169.254')
