import type { Config } from '../config/schema.ts'
import type { Client } from './efs-client.ts'

/** The file system to be reached, and how. */
export interface Destination {
  readonly fileSystemId: string
  /** Its certificate is for this name, by whatever it is reached. */
  readonly dnsName: string
  /** What leads to it: that name, its form for one zone, or the address that the configuration gives. */
  readonly host: string
  /** Where the configuration names them: the zone of the mount target, or the mount target itself. */
  readonly availabilityZone: string | undefined
  readonly mountTargetIp: string | undefined
  /** Through the tunnel, which trusts what the system trusts; AWS's helper brings certificates of its own. */
  readonly verifiesTls: boolean
  /** Whether the client can be given an address in place of a name that does not resolve. */
  readonly takesAddress: boolean
}

/** With a zone before it, the name leads to the mount target there from all zones. Source: EFS User Guide. */
export function destinationOf(
  { fileSystemId, availabilityZone, mountTargetIp }: Config['efs'],
  dnsName: string,
  client: Client,
): Destination {
  const name = availabilityZone === undefined ? dnsName : `${availabilityZone}.${dnsName}`
  return {
    fileSystemId,
    dnsName,
    host: mountTargetIp ?? name,
    availabilityZone,
    mountTargetIp,
    verifiesTls: client === 'stunnel',
    takesAddress: client !== 'nfs',
  }
}
