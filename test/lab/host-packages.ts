import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { execa } from 'execa'
import { print, timed } from './print.ts'

/** Debian's names of what the lab runs on its own machine. */
const PACKAGES = [
  'apt-utils',
  'ca-certificates',
  'debian-archive-keyring',
  'dnsmasq-base',
  'e2fsprogs',
  'iproute2',
  'mmdebstrap',
  'mount',
  'nfs-ganesha',
  'nfs-ganesha-vfs',
  'openssh-client',
  'openssl',
  'qemu-system-x86',
  'qemu-utils',
  'stunnel4',
  'tar',
  'util-linux',
  'xfsprogs',
] as const

const POLICY = '/usr/sbin/policy-rc.d'
const UNITS = ['nfs-ganesha', 'nfs-ganesha-lock', 'stunnel4', 'rpcbind.socket', 'rpcbind'] as const

async function missingPackages(): Promise<string[]> {
  const { stdout } = await execa(
    'dpkg-query',
    ['--show', '--showformat=${Package} ${db:Status-Status}\n', ...PACKAGES],
    {
      reject: false, // rc 1 when one is unknown to dpkg
    },
  )
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return PACKAGES.filter((name) => !installed.has(name))
}

/**
 * Installs what the machine lacks. The packages bring daemons (an NFS server, a TLS tunnel) that the lab starts for
 * itself in its own namespace: on the machine they must neither start now nor at its next boot.
 */
export async function installHostPackages(signal: AbortSignal): Promise<void> {
  const missing = await missingPackages()
  if (missing.length === 0) return
  print(`The machine lacks: ${missing.join(' ')}`)
  const environment = { env: { DEBIAN_FRONTEND: 'noninteractive' }, cancelSignal: signal }
  const heldBack = !existsSync(POLICY)
  if (heldBack) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' })
  try {
    await timed('install them', async () => {
      await execa('apt-get', ['update', '-q'], environment)
      await execa('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing], environment)
    })
  } catch (error) {
    throw new Error(`the lab needs these Debian packages, and apt-get could not install them: ${missing.join(' ')}`, {
      cause: error,
    })
  } finally {
    if (heldBack) await rm(POLICY)
  }
  // The path is systemd's own sign that it runs the machine.
  if (existsSync('/run/systemd/system') && missing.some((name) => /ganesha|stunnel/.test(name))) {
    await execa('systemctl', ['disable', '--now', ...UNITS], { reject: false, cancelSignal: signal }) // not all exist
  }
}
