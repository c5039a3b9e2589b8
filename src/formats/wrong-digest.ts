/** What is said of a file that is not the one with the expected SHA-256. */
export function wrongDigest(source: string, sha256: string): string {
  return `what ${source} gives has the SHA-256 ${sha256}`
}

/** The SHA-256 that was found instead, of an error that was said so. */
export function wrongDigestIn(error: string): string | undefined {
  return /^what \S+ gives has the SHA-256 ([0-9a-f]{64})$/.exec(error)?.[1]
}
