import { rm } from 'node:fs/promises'
import { read } from './files.ts'
import { replaceFile } from './replace-file.ts'

export interface BootNote {
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
  forget(): Promise<void>
}

/** What is remembered until the machine is booted anew: /run is empty then, and so it is in an image of the machine. */
export function bootNote(path: string): BootNote {
  return {
    read: () => read(path),
    write: (text) => replaceFile(path, text, { mode: 0o600 }),
    forget: () => rm(path, { force: true }),
  }
}
