import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Answer } from '../../src/engine/host.ts'
import { type Credentials, roleCredentials } from './credentials.ts'
import { codeOf } from './error-code.ts'
import type { Metadata } from './metadata.ts'
import { absentAs } from './replace-file.ts'
import { systemTrust } from './system-trust.ts'

/** The caller tries again, and has other ways than this one. */
const limits = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true } as const

interface Settings {
  readonly region: string
  readonly credentials: Credentials
  readonly maxAttempts: number
  readonly requestHandler: typeof limits & { readonly httpsAgent: { readonly secureContext: SecureContext } }
}

const loadSdk = () => import('./aws-sdk.ts')

export type Sdk = Awaited<ReturnType<typeof loadSdk>>

/** How to speak to AWS in the name of the instance's role. The SDK is loaded with the first question: it takes a while. */
export async function awsAccess(instance: Metadata, signal: AbortSignal): Promise<{ sdk: Sdk; settings: Settings }> {
  const [region, credentials, secureContext] = await Promise.all([
    instance('meta-data/placement/region', signal),
    roleCredentials(instance, signal),
    loadTrust(),
  ])
  const settings = {
    region: present(region, 'the metadata service names no region').trim(),
    credentials,
    maxAttempts: 2,
    requestHandler: { ...limits, httpsAgent: { secureContext } },
  }
  return { sdk: await loadSdk(), settings }
}

let trust: SecureContext | undefined

/** Once: it has some hundred certificates. Node's own option for them reads them at each start, whoever is asked. */
async function loadTrust(): Promise<SecureContext> {
  if (trust !== undefined) return trust
  const ca = await readFile(systemTrust, 'utf8').catch(absentAs(undefined)) // without it, Node's own certificates
  trust ??= createSecureContext({ ca })
  return trust
}

/** AWS has answered, but will not say. */
const refusals = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'InvalidClientTokenId',
  'NoInstanceProfile',
  'OptInRequired',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
]

/** EC2 has its own two names for it; EFS has the one that most services use. */
const throttled = ['EC2ThrottledException', 'RequestLimitExceeded', 'Throttling', 'ThrottlingException']

const unreachable = ['ECONNREFUSED', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']

/** No connection came about: the SDK's own time-out for that has no code, unlike the one for an answer. */
function isUnreachable(error: Error): boolean {
  const code = codeOf(error)
  if (typeof code === 'string') return unreachable.includes(code)
  return error.name === 'TimeoutError' && error.message.includes('did not establish a connection')
}

/** Errors of AWS's own and an answer that does not come are thrown: they pass. */
export async function answer<T>(question: () => Promise<T>, signal: AbortSignal): Promise<Answer<T>> {
  try {
    return { is: 'known', value: await question() }
  } catch (error) {
    signal.throwIfAborted()
    if (isNamed(error, refusals)) return { is: 'denied', because: wordsOf(error) }
    if (isNamed(error, throttled)) return { is: 'throttled', because: error.message }
    if (error instanceof Error && isUnreachable(error)) return { is: 'unreachable', because: error.message }
    throw error
  }
}

/** The SDK names an error by the code that AWS gave. */
export function isNamed(error: unknown, names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name)
}

/** EC2 adds some kilobytes that only sts:DecodeAuthorizationMessage can read. */
export function wordsOf({ message }: Error): string {
  return message.replace(/\s*Encoded authorization failure message: \S+/, '')
}

export function present<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise)
  return value
}
