import type { Host } from '../engine/host.ts'

/** An item of this instance that every instance has. */
export async function ownItem(
  item: string,
  words: string,
  host: Pick<Host, 'metadata'>,
  signal: AbortSignal,
): Promise<string> {
  const value = await host.metadata(`meta-data/${item}`, signal)
  if (value === undefined) throw new Error(`the metadata service does not tell ${words} of this instance`)
  return value.trim()
}
