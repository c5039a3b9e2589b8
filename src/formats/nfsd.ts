import type { NfsdSettings } from './nfs-conf.ts'

/** What the kernel runs with, from /proc/fs/nfsd/versions (`-3 +4 +4.1 +4.2`) and /proc/fs/nfsd/threads (0: stopped). */
export function parseNfsd(versions: string, threads: string): NfsdSettings {
  const served = versions.split(/\s+/)
  return { threads: Number(threads), v3: served.includes('+3'), v4: served.includes('+4') }
}

/**
 * The UUIDs of file systems that clients have asked for and mountd has not found, from /proc/net/rpc/nfsd.fh/content:
 * `# 10.0.0.0/16 6 0x…`, with the bytes of each word the other way round (Linux on a little-endian processor).
 */
export function unansweredUuids(content: string): readonly string[] {
  return [...content.matchAll(/^# \S+ 6 0x([0-9a-f]{32})$/gm)].map(([, fsid = '']) =>
    fsid.replaceAll(/(..)(..)(..)(..)/g, '$4$3$2$1').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'),
  )
}
