import type { BootNote } from '../../../agent/host/boot-note.ts'

/** What a boot remembers, with nothing remembered yet. */
export function emptyNote(): BootNote {
  let kept: string | undefined
  return {
    read: async () => kept,
    write: async (text) => void (kept = text),
    forget: async () => void (kept = undefined),
  }
}
