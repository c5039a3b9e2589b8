export interface Secret {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Of a secret that is longer, each part of this length tells too much. */
const PART_BYTES = 24

/** What is looked for: no less than `length` characters of a secret as it may be written. */
interface Spelling {
  readonly name: string
  readonly text: Buffer
  readonly length: number
}

/** A spelling from here on. */
interface Place {
  readonly spelling: Spelling
  readonly at: number
}

/** By three bytes: what may begin with them. */
type Index = ReadonlyMap<number, readonly Place[]>

/** Tells which of the secrets are in something, as they are, or as hexadecimal or base64 text. */
export function searchFor(secrets: readonly Secret[]): (content: Uint8Array) => readonly string[] {
  const index = indexOf(secrets.flatMap(spellingsOf))
  return (content) => {
    const found = new Set<string>()
    let lastThree = 0
    for (let end = 0; end < content.length; end += 1) {
      lastThree = ((lastThree << 8) | (content[end] ?? 0)) & 0xff_ff_ff
      for (const place of index.get(lastThree) ?? []) {
        if (isThere(place, content, end - 2)) found.add(place.spelling.name)
      }
    }
    return [...found].toSorted()
  }
}

function spellingsOf({ name, bytes }: Secret): readonly Spelling[] {
  const raw = Buffer.from(bytes)
  const part = Math.min(PART_BYTES, raw.length)
  const hex = raw.toString('hex')
  return [
    { name, text: raw, length: part },
    { name: `${name} as hex`, text: Buffer.from(hex), length: 2 * part },
    { name: `${name} as hex`, text: Buffer.from(hex.toUpperCase()), length: 2 * part },
    // Three bytes are four characters, and where the three begin is not known.
    ...[0, 1, 2].map((start) => ({
      name: `${name} as base64`,
      text: Buffer.from(raw.subarray(start).toString('base64').replace(/=+$/, '')),
      length: 4 * Math.floor((part - 2) / 3),
    })),
  ]
}

/** Far enough apart, and so near that each part has the three bytes of one place in it. */
function indexOf(spellings: readonly Spelling[]): Index {
  const index = new Map<number, Place[]>()
  for (const spelling of spellings) {
    const { text, length } = spelling
    for (let at = 0; at + 3 <= text.length; at += length - 2) {
      const three = text.readUIntBE(at, 3)
      index.set(three, [...(index.get(three) ?? []), { spelling, at }])
    }
  }
  return index
}

/** As far as both are the same, to both sides. */
function isThere({ spelling: { text, length }, at }: Place, content: Uint8Array, start: number): boolean {
  let before = 0
  while (before < at && before < start && text[at - before - 1] === content[start - before - 1]) before += 1
  let after = 0
  while (at + after < text.length && start + after < content.length && text[at + after] === content[start + after]) {
    after += 1
  }
  return before + after >= length
}
