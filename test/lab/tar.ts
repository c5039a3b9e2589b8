export interface TarredFile {
  /** Its first hundred bytes. */
  readonly name: string
  readonly content: Buffer
}

const BLOCK_BYTES = 512

/** What is in an archive of tar that is not compressed. */
export function filesIn(tar: Buffer): readonly TarredFile[] {
  const files: TarredFile[] = []
  let at = 0
  // A block of zeroes is the end.
  while ((tar[at] ?? 0) !== 0) {
    const header = tar.toString('latin1', at, at + BLOCK_BYTES)
    const name = header.slice(0, 100).replace(/\0.*$/s, '')
    const sizeBytes = Number.parseInt(header.slice(124, 136), 8)
    const start = at + BLOCK_BYTES
    files.push({ name, content: tar.subarray(start, start + sizeBytes) })
    at = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
  }
  return files
}
