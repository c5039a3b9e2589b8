import type { NfsdSettings } from './nfs-conf.ts'

/** What the kernel runs with, from /proc/fs/nfsd/versions (`-3 +4 +4.1 +4.2`) and /proc/fs/nfsd/threads (0: stopped). */
export function parseNfsd(versions: string, threads: string): NfsdSettings {
  const served = versions.split(/\s+/)
  return { threads: Number(threads), v3: served.includes('+3'), v4: served.includes('+4') }
}
