import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The files of a package, as they are to be on the machine. */
export interface Tree {
  readonly root: string
  /** Its mode, and those of its directories, are the same whatever our umask is. */
  put(path: string, content: string | Uint8Array, mode?: number): Promise<void>
  /** Of all that is in it so far. */
  summary(): Promise<Summary>
}

interface Summary {
  /** As in the control archive: MD5, two spaces, path. */
  readonly md5sums: string
  /** Source: Debian Policy 5.6.20. */
  readonly installedKiB: number
}

export function newTree(root: string): Tree {
  async function makeDirectory(path: string): Promise<void> {
    if (path !== '.') await makeDirectory(dirname(path))
    await mkdir(join(root, path), { recursive: true })
    await chmod(join(root, path), 0o755)
  }
  return {
    root,
    async put(path, content, mode = 0o644) {
      await makeDirectory(dirname(path))
      await writeFile(join(root, path), content)
      await chmod(join(root, path), mode)
    },
    async summary() {
      const entries = (await readdir(root, { recursive: true })).toSorted()
      const lines: string[] = []
      let installedKiB = 0
      for (const entry of entries) {
        const path = join(root, entry)
        const stats = await stat(path)
        installedKiB += stats.isFile() ? Math.ceil(stats.size / 1024) : 1
        if (stats.isFile())
          lines.push(
            `${createHash('md5')
              .update(await readFile(path))
              .digest('hex')}  ${entry}\n`,
          )
      }
      return { md5sums: lines.join(''), installedKiB }
    },
  }
}
