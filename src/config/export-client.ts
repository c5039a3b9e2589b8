import * as z from 'zod/mini'
import { networkOf, networkOfOne } from './network.ts'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
/** The last label is no number: the C library would take the whole for an IPv4 address. */
const hostName = new RegExp(`^(?=.{1,253}$)(?:${label}\\.)*(?!(?:\\d+|0x[0-9a-f]*)$)${label}$`)

/** Whom exports(5) would let in: all that reach the machine. */
export const anyClient = '*'

/**
 * A client as exports(5) has it, of the kinds that say who is meant: a host, a network, or everybody. A network is
 * written as exportfs shows it again, so that the two can be compared.
 */
export const exportClient = z.string('must be a host name or a network').check(
  z.check(({ value, issues }) => {
    const problem = problemOf(value)
    if (problem !== undefined) issues.push({ code: 'custom', message: `must ${problem}`, input: value })
  }),
)

/** Completes the sentence "must …". Never quotes the value itself, which may hold anything. */
function problemOf(client: string): string | undefined {
  if (client === anyClient || hostName.test(client)) return undefined
  if (client.startsWith('@')) return 'not be a netgroup: name its hosts or its network'
  // Matched through the reverse lookup of the client's address, which whoever owns the address answers.
  if (/[*?[\]]/.test(client)) return 'not be a wildcard: name the hosts or their network'
  const alone = networkOfOne(client)
  if (alone !== undefined) return `be written as a network: "${alone}"`
  const network = client.includes('/') ? networkOf(client) : undefined
  if (network === undefined) {
    return 'be a host name, or a network in CIDR notation, such as "10.0.0.0/16" or "2001:db8::/32"'
  }
  // nfs-utils 2.6 shifts by 32 for it, and lets in the one address 0.0.0.0.
  if (network.endsWith('/0')) return `not be every address: that is "${anyClient}", with nfs.allowAnyClient`
  return network === client ? undefined : `be the address of the network itself: "${network}"`
}
