/**
 * The lab's VPC. The numbers are those that a VPC gives by itself: the router is the first address, the resolver the
 * second, the metadata service is link-local.
 */
export const REGION = 'us-east-1'
export const ZONE = 'us-east-1a'
export const ZONE_ID = 'use1-az4'
export const ACCOUNT = '123456789012'
export const VPC_CIDR = '10.0.0.0/16'
export const VPC_NETMASK = '255.255.0.0'
export const VPC_PREFIX = 16

export const ROUTER = '10.0.0.1'
export const RESOLVER = '10.0.0.2'
export const METADATA = '169.254.169.254'
export const API_ENDPOINT = '10.0.2.10'
export const MIRROR = '10.0.2.20'
export const MOUNT_TARGET = '10.0.1.10'
/** Where the NFS server listens behind its TLS front; not reachable from a guest. */
export const NFS_SERVER = '127.0.0.2'

export const DOMAIN = 'ec2.internal'
export const MIRROR_NAME = 'mirror.lab.internal'

/** Every host name under which the AWS SDKs look for the two services in this region. */
export const EC2_NAMES = [`ec2.${REGION}.amazonaws.com`, `ec2.${REGION}.api.aws`] as const
export const EFS_NAMES = [
  `elasticfilesystem.${REGION}.amazonaws.com`,
  `elasticfilesystem.${REGION}.api.aws`,
  `elasticfilesystem-fips.${REGION}.amazonaws.com`,
] as const

export function fileSystemName(fileSystemId: string): string {
  return `${fileSystemId}.efs.${REGION}.amazonaws.com`
}

/** The host name that a VPC gives to an address. */
export function privateName(address: string): string {
  return `ip-${address.replaceAll('.', '-')}`
}
