import { ACCOUNT, DOMAIN, privateName, REGION, VPC_CIDR, ZONE, ZONE_ID } from './addresses.ts'
import type { Instance } from './cloud.ts'
import { CREDENTIALS, ROLE } from './credentials.ts'

export interface Tree {
  readonly [name: string]: Leaf | Tree
}

export type Leaf = string | Uint8Array

export function isLeaf(node: Leaf | Tree): node is Leaf {
  return typeof node === 'string' || node instanceof Uint8Array
}

/** What the metadata service tells an instance about itself, as a tree of its paths below a version. */
export function metadataTree(instance: Instance): Tree {
  const hostname = `${privateName(instance.address)}.${DOMAIN}`
  return {
    dynamic: { 'instance-identity': { document: identityDocument(instance) } },
    'meta-data': {
      'ami-id': 'ami-0123456789abcdef0',
      'ami-launch-index': '0',
      'ami-manifest-path': '(unknown)',
      'block-device-mapping': { ami: '/dev/xvda', root: '/dev/xvda' },
      hostname,
      iam: {
        info: JSON.stringify({
          Code: 'Success',
          InstanceProfileArn: `arn:aws:iam::${ACCOUNT}:instance-profile/${ROLE}`,
          InstanceProfileId: 'AIPALABLABLABLABLABLA',
        }),
        'security-credentials': { [ROLE]: credentialsDocument() },
      },
      'instance-action': 'none',
      'instance-id': instance.instanceId,
      'instance-life-cycle': 'on-demand',
      'instance-type': instance.instanceType,
      'local-hostname': hostname,
      'local-ipv4': instance.address,
      mac: instance.mac,
      network: {
        interfaces: {
          macs: {
            [instance.mac]: {
              'device-number': '0',
              'interface-id': 'eni-0123456789abcdef0',
              'local-hostname': hostname,
              'local-ipv4s': instance.address,
              mac: instance.mac,
              'owner-id': ACCOUNT,
              'security-group-ids': 'sg-0123456789abcdef0',
              'security-groups': 'lab',
              'subnet-id': 'subnet-0123456789abcdef0',
              'subnet-ipv4-cidr-block': VPC_CIDR,
              'vpc-id': 'vpc-0123456789abcdef0',
              'vpc-ipv4-cidr-block': VPC_CIDR,
              'vpc-ipv4-cidr-blocks': VPC_CIDR,
            },
          },
        },
      },
      placement: { 'availability-zone': ZONE, 'availability-zone-id': ZONE_ID, region: REGION },
      profile: 'default-hvm',
      'reservation-id': 'r-0123456789abcdef0',
      'security-groups': 'lab',
      services: { domain: 'amazonaws.com', partition: 'aws' },
    },
    'user-data': instance.userData,
  }
}

function identityDocument(instance: Instance): string {
  const document = {
    accountId: ACCOUNT,
    architecture: 'x86_64',
    availabilityZone: ZONE,
    billingProducts: null,
    devpayProductCodes: null,
    imageId: 'ami-0123456789abcdef0',
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    kernelId: null,
    marketplaceProductCodes: null,
    pendingTime: instance.launchTime,
    privateIp: instance.address,
    ramdiskId: null,
    region: REGION,
    version: '2017-09-30',
  }
  return JSON.stringify(document, undefined, 2)
}

function credentialsDocument(): string {
  const now = Date.now()
  return JSON.stringify(
    {
      Code: 'Success',
      LastUpdated: isoSeconds(now),
      Type: 'AWS-HMAC',
      AccessKeyId: CREDENTIALS.accessKeyId,
      SecretAccessKey: CREDENTIALS.secretAccessKey,
      Token: CREDENTIALS.token,
      Expiration: isoSeconds(now + 6 * 3600 * 1000),
    },
    undefined,
    2,
  )
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
}
