import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile, syncDirectory } from './replace-file.ts'

/** Writes what must be known after a power cut: root's alone, in a folder of the agent's own below /var/lib. */
export async function writeRecord(path: string, content: string): Promise<void> {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await syncDirectory(dirname(dirname(directory)))
  await syncDirectory(dirname(directory))
  await replaceFile(path, content, { mode: 0o600 })
}
