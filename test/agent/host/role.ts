import type { Metadata } from '../../../agent/host/metadata.ts'

const role = {
  Code: 'Success',
  AccessKeyId: 'ASIAEXAMPLE',
  SecretAccessKey: 'example',
  Token: 'session',
  Expiration: '2099-01-01T00:00:00Z',
}
export const items: Readonly<Record<string, string>> = {
  'meta-data/placement/region': 'us-east-1',
  'meta-data/iam/security-credentials/': 'front-end',
  'meta-data/iam/security-credentials/front-end': JSON.stringify(role),
}
export const instance: Metadata = async (path) => items[path]
export const withoutRole: Metadata = async (path) => (path.includes('iam') ? undefined : items[path])
