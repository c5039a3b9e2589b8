import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'

/** Writes Packages and Release for the .debs below `folder`, as a flat repository has them. */
export async function packageIndex(folder: string, signal: AbortSignal): Promise<void> {
  // apt-ftparchive writes paths as it was given them: relative to the repository's root, as Filename must be.
  const options = { cwd: folder, cancelSignal: signal, maxBuffer: 64 * 1024 ** 2, stripFinalNewline: false }
  const { stdout: packages } = await execa('apt-ftparchive', ['packages', '.'], options)
  await writeFile(join(folder, 'Packages'), packages)
  await writeFile(join(folder, 'Packages.gz'), gzipSync(packages))
  const { stdout: release } = await execa('apt-ftparchive', ['release', '.'], options)
  await writeFile(join(folder, 'Release'), release)
}
