import * as z from 'zod/mini'
import { ipv4 } from './network.ts'

/** A string held to a grammar; `kind` completes the sentence "must be …". */
function word(pattern: RegExp, kind: string) {
  return z.string(`must be ${kind}`).check(z.regex(pattern, `must be ${kind}`))
}

/**
 * A single label: Slurm does not recognise its own host by a name with a dot. Not a number either, which the C library
 * takes for an address, nor the loopback's own name.
 */
const label = '(?!(?:\\d+|0x[0-9a-f]*|localhost)$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const labelWords =
  'a host name of one label: lower-case letters, digits and inner hyphens, at most 63, no number and not "localhost"'
export const hostName = word(new RegExp(`^${label}$`), labelWords)
/** Each name of the range is such a label too: it has room for the number. */
const range = '[a-z][a-z0-9-]{0,51}\\[\\d{1,5}(?:-\\d{1,5})?(?:,\\d{1,5}(?:-\\d{1,5})?)*\\]'
export const hostNameOrRange = word(
  new RegExp(`^(?:${label}|${range})$`),
  `${labelWords}; or a range of such names, as "job-[1-4]"`,
)
/** Source: Debian Policy 5.6.1, but for a hyphen at the end: `apt-get install bash-` removes bash. */
export const packageName = word(
  /^[a-z0-9][a-z0-9+.-]*[a-z0-9+.]$/,
  'a Debian package name: lower-case letters, digits, "+", "." and inner "-"',
)
export const fileSystemId = word(/^fs-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, '"fs-" and 8 or 17 hexadecimal digits')
/** mount.efs takes no other (AP_REGEX_PATTERN). */
export const accessPointId = word(/^fsap-[0-9a-f]{17}$/, '"fsap-" and 17 hexadecimal digits')
/** By name, a local zone's too, such as us-west-2-lax-1a. */
export const availabilityZone = word(
  /^[a-z]+(?:-[a-z]+)+-\d+(?:-[a-z]+-\d+)?[a-z]$/,
  'the name of an availability zone, such as "us-east-1a"',
)
export const ipv4Address = word(ipv4, 'an IPv4 address')
/** Without a user and a query: a URL is shown in logs, and what has a signature in it does not last. */
export const httpsUrl = word(
  /^https:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._+~-]+)+$/,
  'an https URL of a file, of letters, digits and "._+~-" and without a query, such as "https://example.com/a.deb"',
)
export const sha256 = word(/^[0-9a-f]{64}$/, 'a SHA-256: 64 hexadecimal digits in lower case')
export const volumeId = word(/^vol-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, '"vol-" and 8 or 17 hexadecimal digits')
/** The names that EC2 takes when a volume is attached. */
export const deviceName = word(/^\/dev\/(?:sd|xvd)[a-z]{1,2}$/, 'a device name as given to EC2, such as "/dev/sdf"')
/** No character that fstab, exports, systemd or slurm.conf would read as anything but itself. */
export const absolutePath = word(
  /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/,
  'an absolute path of letters, digits, ".", "_" and "-", without "." and ".." and without a slash at the end',
)
/** slurmctld makes it lower case anyhow; accounting then no longer finds it. */
export const clusterName = word(/^[a-z][a-z0-9_-]{0,39}$/, 'a cluster name: lower-case letters, digits, "_" and "-"')
export const slurmName = word(/^[A-Za-z][A-Za-z0-9_.-]{0,62}$/, 'a Slurm name: letters, digits, "_", "." and "-"')
const hosts = '[A-Za-z][A-Za-z0-9-]*(?:\\[\\d+(?:-\\d+)?(?:,\\d+(?:-\\d+)?)*\\])?'
export const nodeNames = word(new RegExp(`^${hosts}(?:,${hosts})*$`), 'node names, such as "job-1" or "job-[1-4,7]"')
/** Slurm's gres plugins have lower-case names, and it tells names apart by case. */
export const gresName = word(
  /^[a-z][a-z0-9_-]{0,39}$/,
  'the name of a generic resource, such as "gpu": lower-case letters, digits, "_" and "-"',
)
/** Slurm takes digits at its beginning for a count, and no_consume for a flag. */
export const gresType = word(
  /^(?!no_consume$)[a-z][a-z0-9_.-]{0,62}$/i,
  'a type of a generic resource, such as "t4": letters, digits, "_", "." and "-", not "no_consume"',
)
export const deviceFiles = word(
  /^\/dev(?:\/(?!\.{1,2}(?:\/|\[|$))[A-Za-z0-9._-]+)+(?:\[\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*\])?$/,
  'device files, such as "/dev/nvidia0" or "/dev/nvidia[0-3]"',
)
/** Source: slurm.conf(5), MaxTime. */
export const slurmTime = word(
  /^(?:INFINITE|UNLIMITED|(?:\d{1,4}-)?\d{1,7}(?::\d{2}){0,2})$/,
  'a Slurm time: minutes, [days-]hours:minutes:seconds or "INFINITE"',
)

/** As useradd(8) takes it with Debian's adduser defaults. */
export const userName = word(
  /^[a-z_][a-z0-9_-]{0,30}$/,
  'a user name: lower-case letters, digits, "_" and "-", at most 31, not beginning with a digit',
)

/** As many as a GPT has room for. */
export const partitionNumber = inRange(1, 128, 'must be the number of a partition, from 1 to 128')

/** None that only root may take. */
export const port = inRange(1_024, 65_535, 'must be a port from 1024 to 65535')

/** A whole number in a range; `unit` completes the sentence. */
export function whole(least: number, most: number, unit: string) {
  return inRange(least, most, `must be a whole number of ${unit} from ${least} to ${most}`)
}

function inRange(least: number, most: number, problem: string) {
  return z.int(problem).check(z.minimum(least, problem), z.maximum(most, problem))
}
