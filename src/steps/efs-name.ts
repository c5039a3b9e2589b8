import type { Host } from '../engine/host.ts'

/** The file system's DNS name, which its certificate carries too. China and the isolated regions have other domains. */
export async function efsDnsName(fileSystemId: string, host: Host, signal: AbortSignal): Promise<string> {
  const [region, domain] = await Promise.all([
    host.metadata('meta-data/placement/region', signal),
    host.metadata('meta-data/services/domain', signal),
  ])
  if (region === undefined) throw new Error('the metadata service does not name the region of this instance')
  return `${fileSystemId}.efs.${region.trim()}.${domain?.trim() ?? 'amazonaws.com'}`
}
