import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { debianSources, oneLine } from './apt-sources.ts'
import type { Authority } from './authority.ts'
import { cached } from './cache.ts'
import type { Disk } from './disk.ts'
import { imageFiles, writeImageFiles } from './image-files.ts'
import { SUITES, type SuiteName } from './suites.ts'

export interface Image {
  /** The root disk, raw ext4 without a partition table, labelled `root`. */
  readonly disk: string
  readonly kernel: string
  readonly initrd: string
  /** dpkg's view of what is installed: what a package needs on top is resolved against it. */
  readonly dpkgStatus: string
}

const VERSION = 1
const DISK_BYTES = 10 * 1024 ** 3

interface ImageOptions {
  readonly suite: SuiteName
  /** Of the file in the cache. */
  readonly name: string
  /** Packages baked in beyond the bare system. */
  readonly baked: readonly string[]
  readonly authority: Authority
  readonly signal: AbortSignal
}

/** A guest's root disk, like an official cloud image, made without mounting anything. */
export async function guestImage({ suite, name, baked, authority, signal }: ImageOptions): Promise<Image> {
  const files = imageFiles(
    await readFile(authority.certificate, 'utf8'),
    await readFile(`${authority.sshKey}.pub`, 'utf8'),
  )
  const sources = await debianSources(suite)
  const packages = [...SUITES[suite].packages, ...baked]
  const folder = await cached({
    name: `image-${suite}-${name}`,
    key: { version: VERSION, packages, files },
    build: async (into) => {
      const root = join(into, 'root')
      const environment = { cancelSignal: signal, stdout: { file: join(into, 'build.log') } } as const
      await execa(
        'mmdebstrap',
        [
          '--variant=apt',
          '--format=directory',
          `--include=${packages.join(',')}`,
          '--aptopt=Acquire::Languages "none"',
          suite,
          root,
          ...sources.map(oneLine),
        ],
        { ...environment, env: { DEBIAN_FRONTEND: 'noninteractive' } },
      )
      await writeImageFiles(root, files)
      await execa('chroot', [root, 'update-ca-certificates'], environment)
      await rm(join(root, 'etc/hostname'), { force: true })
      await rm(join(root, 'etc/resolv.conf'), { force: true })
      await writeFile(join(root, 'etc/resolv.conf'), '')

      await copyFile(await only(join(root, 'boot'), 'vmlinuz-'), join(into, 'kernel'))
      await copyFile(await only(join(root, 'boot'), 'initrd.img-'), join(into, 'initrd'))
      await copyFile(join(root, 'var/lib/dpkg/status'), join(into, 'dpkg-status'))
      await writeFile(join(into, 'disk'), '')
      await truncate(join(into, 'disk'), DISK_BYTES)
      await execa('mke2fs', ['-q', '-t', 'ext4', '-L', 'root', '-d', root, join(into, 'disk')], environment)
      await rm(root, { recursive: true })
    },
  })
  return {
    disk: join(folder, 'disk'),
    kernel: join(folder, 'kernel'),
    initrd: join(folder, 'initrd'),
    dpkgStatus: join(folder, 'dpkg-status'),
  }
}

/** What a guest that is switched off has left on its root disk, as EC2 makes an AMI of an instance of that image. */
export async function imageOf(root: Disk, started: Image, signal: AbortSignal): Promise<Image> {
  const disk = join(dirname(root.file), 'image')
  const argv = ['convert', '-f', root.format, '-O', 'raw', root.file, disk]
  await execa('qemu-img', argv, { cancelSignal: signal })
  return { ...started, disk }
}

async function only(folder: string, prefix: string): Promise<string> {
  const [name, ...more] = (await readdir(folder)).filter((entry) => entry.startsWith(prefix))
  if (name === undefined || more.length > 0) throw new Error(`expected one ${prefix}* in ${folder}`)
  return join(folder, name)
}
