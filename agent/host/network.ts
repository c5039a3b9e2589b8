import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect as connectTcp, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as connectTls } from 'node:tls'
import { orAborted } from '../../src/engine/clock.ts'
import { messageOf } from '../../src/engine/errors.ts'
import type { TcpTrouble, TlsTrouble } from '../../src/engine/host.ts'
import { codeOf } from './error-code.ts'
import { systemTrust } from './system-trust.ts'

/** Kept for documentation (RFC 5737): nothing is sent to it, but the way to it is the default route. */
const anywhere = '198.51.100.1'
const discardPort = 9

const answerMs = 5_000

/**
 * The address from which this machine speaks to the world: what the kernel chooses among several interfaces and
 * addresses for a datagram that is never sent. Mostly there is one alone, and no need to load what sends datagrams.
 * systeminformation runs some 60 children for it.
 */
export async function primaryAddress(): Promise<string> {
  const [only, ...others] = outerAddresses()
  return only !== undefined && others.length === 0 ? only : await chosenAddress()
}

/** Of the interfaces that are up, and have a link. */
function outerAddresses(): readonly string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  return interfaces.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
}

async function chosenAddress(): Promise<string> {
  await using socket = createSocket('udp4')
  const connected = once(socket, 'connect')
  socket.connect(discardPort, anywhere)
  await connected.catch((cause: unknown) => {
    throw new Error('this machine has no IPv4 route to the world', { cause })
  })
  return socket.address().address
}

/** As mount and stunnel resolve it: by the C library, with /etc/hosts. A name server that fails is an error. */
export async function resolve(name: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const found = await orAborted(lookup(name, { all: true, family: 4 }), signal)
    return found.map(({ address }) => address)
  } catch (error) {
    signal.throwIfAborted()
    if (codeOf(error) === 'ENOTFOUND' || codeOf(error) === 'ENODATA') return []
    throw new Error(`${name} cannot be looked up`, { cause: error })
  }
}

export async function tcpTrouble(
  address: string,
  port: number,
  signal: AbortSignal,
  withinMs = answerMs,
): Promise<TcpTrouble | undefined> {
  const failure = await failureOf(() => connectTcp({ host: address, port }), 'connect', signal, withinMs)
  const saidNo = failure?.code === 'ECONNREFUSED' || failure?.code === 'ECONNRESET'
  return failure && { is: saidNo ? 'refused' : 'silent', because: failure.because }
}

/**
 * What no waiting mends. A certificate that is not valid yet, or no longer, is not among them: mostly it is the clock
 * of a machine that has just booted. Source: X509 certificate error codes of Node's tls, and tls.checkServerIdentity.
 */
const rejections = [
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/** By the name the certificate is verified, to the address the connection is made. */
export async function tlsTrouble(
  address: string,
  port: number,
  name: string,
  signal: AbortSignal,
  { trust = systemTrust, withinMs = answerMs } = {},
): Promise<TlsTrouble | undefined> {
  const ca = await readFile(trust, 'utf8')
  const open = () => connectTls({ host: address, port, servername: name, ca, minVersion: 'TLSv1.2' })
  const failure = await failureOf(open, 'secureConnect', signal, withinMs)
  const isRejection = rejections.some((code) => code === failure?.code)
  return failure && { is: isRejection ? 'rejected' : 'failed', because: failure.because }
}

interface Failure {
  /** Of the error; none where nobody answered. */
  readonly code?: unknown
  readonly because: string
}

async function failureOf(
  open: () => Socket,
  ready: 'connect' | 'secureConnect',
  signal: AbortSignal,
  withinMs: number,
): Promise<Failure | undefined> {
  signal.throwIfAborted()
  const timeout = AbortSignal.timeout(withinMs)
  const socket = open()
  try {
    await once(socket, ready, { signal: AbortSignal.any([signal, timeout]) })
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) return { because: `no answer within ${withinMs / 1_000} s` }
    return { code: codeOf(error), because: wordsFor(error) }
  } finally {
    socket.destroy()
  }
}

function wordsFor(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ECONNREFUSED') return 'the connection was refused'
  if (code === 'ECONNRESET') return 'the connection was closed'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'there is no route to it'
  // Node goes on with a hint at an option of its own, which does not bear on a trust store that was named.
  return messageOf(error).replace(/; if the root CA is installed locally.*$/, '')
}
