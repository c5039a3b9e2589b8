import type { Host } from '../engine/host.ts'

/**
 * The file system's DNS name, which its certificate carries too. `written`: names in the agent's own files. One of this
 * file system does where the metadata service does not answer: a mount that works has no need of the service.
 */
export async function efsDnsName(
  fileSystemId: string,
  written: readonly (string | undefined)[],
  host: Host,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await nameByMetadata(fileSystemId, host, signal)
  } catch (error) {
    signal.throwIfAborted()
    const known = written.find((name) => name?.startsWith(`${fileSystemId}.efs.`))
    if (known === undefined) throw error
    return known
  }
}

/** China and the isolated regions have other domains. */
async function nameByMetadata(fileSystemId: string, host: Host, signal: AbortSignal): Promise<string> {
  const [region, domain] = await Promise.all([
    host.metadata('meta-data/placement/region', signal),
    host.metadata('meta-data/services/domain', signal),
  ])
  if (region === undefined) throw new Error('the metadata service does not name the region of this instance')
  return `${fileSystemId}.efs.${region.trim()}.${domain?.trim() ?? 'amazonaws.com'}`
}
