import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { execa } from 'execa'

const POLICY = '/usr/sbin/policy-rc.d'
/** Of the daemons that some of the packages bring; not all exist everywhere. */
const UNITS = ['nfs-ganesha', 'nfs-ganesha-lock', 'stunnel4', 'rpcbind.socket', 'rpcbind'] as const

export async function missingPackages(packages: readonly string[]): Promise<readonly string[]> {
  const format = '--showformat=${Package} ${db:Status-Status}\n'
  // rc 1 when one is unknown to dpkg
  const { stdout } = await execa('dpkg-query', ['--show', format, ...packages], { reject: false })
  const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')))
  return packages.filter((name) => !installed.has(`${name} installed`))
}

/**
 * Installs Debian packages on this machine. The daemons that they bring (an NFS server, a TLS tunnel) are started by
 * whoever needs them, where they are needed: on the machine they must neither start now nor at its next boot.
 */
export async function installPackages(packages: readonly string[], signal: AbortSignal): Promise<void> {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, cancelSignal: signal }
  const heldBack = !existsSync(POLICY)
  if (heldBack) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' })
  try {
    await execa('apt-get', ['update', '-q'], options)
    await execa('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], options)
  } catch (error) {
    throw new Error(`apt-get could not install these Debian packages, which are needed here: ${packages.join(' ')}`, {
      cause: error,
    })
  } finally {
    if (heldBack) await rm(POLICY)
  }
  // The path is systemd's own sign that it runs the machine.
  if (existsSync('/run/systemd/system') && packages.some((name) => /ganesha|stunnel/.test(name))) {
    await execa('systemctl', ['disable', '--now', ...UNITS], { reject: false, cancelSignal: signal })
  }
}
