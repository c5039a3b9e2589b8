import type { Metadata } from './metadata.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

/** The instance may not ask AWS anything: it has no role. */
export class NoInstanceProfile extends Error {
  override readonly name = 'NoInstanceProfile'
}

const directory = 'meta-data/iam/security-credentials/'

/**
 * Those of the instance's role. The SDK's own chain would fall back to version 1 of the metadata service, and would
 * take whatever identity it finds in root's home directory.
 */
export async function roleCredentials(metadata: Metadata, signal: AbortSignal): Promise<Credentials> {
  const role = (await metadata(directory, signal))?.trim()
  if (role === undefined || role === '') throw new NoInstanceProfile('the instance has no instance profile')
  const text = await metadata(`${directory}${role}`, signal)
  const credentials: unknown = text === undefined ? undefined : JSON.parse(text)
  if (!isCredentials(credentials)) throw new Error(`the metadata service gave no credentials for the role ${role}`)
  return {
    accessKeyId: credentials.AccessKeyId,
    secretAccessKey: credentials.SecretAccessKey,
    sessionToken: credentials.Token,
    expiration: new Date(credentials.Expiration),
  }
}

type Answer = Readonly<Record<'AccessKeyId' | 'SecretAccessKey' | 'Token' | 'Expiration', string>>

/** With a role that cannot be assumed, there is a `Code` other than Success and no key. */
function isCredentials(answer: unknown): answer is Answer {
  if (typeof answer !== 'object' || answer === null) return false
  const fields = new Map<string, unknown>(Object.entries(answer))
  return ['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'].every((name) => typeof fields.get(name) === 'string')
}
