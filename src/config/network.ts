/** Four parts of 8 bits or eight of 16. */
interface Address {
  readonly partBits: 8 | 16
  readonly parts: readonly number[]
}

/** Without leading zeros: some programs read `010` as octal. */
const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
export const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/** `10.0.0.0/16` for `10.0.0.1/16`: what is left where the prefix alone counts, as RFC 5952 has it. Undefined: no CIDR. */
export function networkOf(cidr: string): string | undefined {
  const [, text = '', digits = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(cidr) ?? []
  const address = parseAddress(text)
  const prefix = Number(digits)
  if (address === undefined || prefix > address.parts.length * address.partBits) return undefined
  const { partBits, parts } = address
  const network = parts.map((part, index) => {
    const counted = Math.min(Math.max(prefix - index * partBits, 0), partBits)
    return part & (2 ** partBits - 2 ** (partBits - counted))
  })
  return `${printAddress({ partBits, parts: network })}/${digits}`
}

/** The network that holds this one address alone; undefined where it is none. */
export function networkOfOne(text: string): string | undefined {
  const address = parseAddress(text)
  return address && `${printAddress(address)}/${address.parts.length * address.partBits}`
}

function parseAddress(text: string): Address | undefined {
  if (ipv4.test(text)) return { partBits: 8, parts: text.split('.').map(Number) }
  const canonical = /^[0-9a-f:]+$/i.test(text) ? canonicalIpv6(text) : undefined
  if (canonical === undefined) return undefined
  const [head = [], tail = []] = canonical.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const left = 8 - head.length - tail.length
  const groups = [...head, ...Array.from({ length: left }, () => '0'), ...tail]
  return { partBits: 16, parts: groups.map((group) => Number.parseInt(group, 16)) }
}

function printAddress({ partBits, parts }: Address): string {
  if (partBits === 8) return parts.join('.')
  return canonicalIpv6(parts.map((part) => part.toString(16)).join(':')) ?? ''
}

/** The parser of URLs checks the host's address and writes it as RFC 5952 does (WHATWG URL Standard, 3.5). */
function canonicalIpv6(text: string): string | undefined {
  return URL.parse(`http://[${text}]`)?.hostname.slice(1, -1)
}
