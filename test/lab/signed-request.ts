import type { IncomingHttpHeaders } from 'node:http'
import { REGION } from './addresses.ts'
import { AwsError } from './aws-error.ts'
import { CREDENTIALS } from './credentials.ts'

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=\S+, ?Signature=[0-9a-f]{64}$/

/**
 * Refuses what AWS would refuse for want of credentials: no signature, another's keys, another region's or service's
 * scope. The signature itself is not computed again: that would test the SDK, not the agent.
 */
export function requireSignature(headers: IncomingHttpHeaders, service: string): void {
  const { authorization } = headers
  if (authorization === undefined) {
    throw new AwsError('MissingAuthenticationToken', 403, 'Missing Authentication Token')
  }
  const [, accessKeyId, region, scope] = AUTHORIZATION.exec(authorization) ?? []
  if (accessKeyId === undefined) {
    throw new AwsError('IncompleteSignature', 400, 'Authorization header is not a valid AWS4-HMAC-SHA256 signature')
  }
  if (accessKeyId !== CREDENTIALS.accessKeyId || headers['x-amz-security-token'] !== CREDENTIALS.token) {
    throw new AwsError('AuthFailure', 401, 'AWS was not able to validate the provided access credentials')
  }
  if (region !== REGION || scope !== service) {
    throw new AwsError('SignatureDoesNotMatch', 403, `Credential should be scoped to ${REGION} and ${service}`)
  }
}
