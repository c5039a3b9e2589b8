/** A Munge key that is being replaced. Both are fingerprints: SHA-256 in lower-case hex. */
export interface Rotation {
  readonly old: string
  /** Keys that were on the share before: none of them is to be the new one. */
  readonly known: readonly string[]
}

/** A fingerprint a line, the old key's first. Undefined where the text is none. */
export function parseRotation(text: string): Rotation | undefined {
  const [old, ...known] = text.trimEnd().split('\n')
  return old !== undefined && [old, ...known].every(isFingerprint) ? { old, known } : undefined
}

function isFingerprint(line: string): boolean {
  return /^[0-9a-f]{64}$/.test(line)
}

export function printRotation({ old, known }: Rotation): string {
  return `${[old, ...known].join('\n')}\n`
}
