import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { makeDeb } from '../../scripts/package/deb.ts'
import { nodeTarballs } from '../../scripts/package/node-tarballs.ts'
import { MIRROR_NAME } from './addresses.ts'
import type { Lab } from './lab.ts'
import type { Download } from './mirror.ts'

const EPOCH = 1_700_000_000

/** The Debian package of the lab's agent. It fetches Node from the lab's mirror, which has that of one processor. */
export async function agentPackage({ prepared, downloads, mirror }: Lab): Promise<Download> {
  assert.ok(prepared.agentTarball !== undefined, 'the agent is built')
  const folder = await mkdtemp(join(tmpdir(), 'lab-package-'))
  const program = 'slurm-node-agent.js'
  await execa('tar', ['--extract', `--file=${prepared.agentTarball}`, `--directory=${folder}`, program])

  const name = basename(prepared.nodeTarball)
  const version = /^node-(v[\d.]+)-linux-x64\.tar\.gz$/.exec(name)?.[1]
  assert.ok(version !== undefined, `${name} is named as Node's own`)
  mirror.addFolder(version, dirname(prepared.nodeTarball))
  const sums = [
    [downloads.node.sha256, name],
    ['0'.repeat(64), `node-${version}-linux-arm64.tar.gz`],
  ]
  const node = nodeTarballs(sums.map((line) => `${line.join('  ')}\n`).join(''), `https://${MIRROR_NAME}`)
  return mirror.addFile(await makeDeb({ program: join(folder, program), node, epoch: EPOCH }, folder))
}
