import assert from 'node:assert/strict'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeRecord } from '../../src/formats/node-record.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import type { Lab } from './lab.ts'
import { listening } from './listening.ts'
import { BRIDGE } from './network.ts'
import { bakedImage } from './scenario.ts'

const SCRIPT = fileURLToPath(new URL('slurmds.sh', import.meta.url))
const SLURMD_PORT = 6818
const START_DEADLINE_MS = 240_000

/**
 * What the slurmds of one machine cannot share, on top of the cluster's slurm.conf (the latest of two lines counts):
 * each has files and an address of its own, and leaves the machine's cgroups alone.
 */
const APART = [
  'SlurmdSpoolDir=/var/lib/slurm/%n',
  'SlurmdPidFile=/run/slurmd-%n.pid',
  'SlurmdLogFile=/var/log/slurm/%n.log',
  'CommunicationParameters=NoInAddrAny',
  'ProctrackType=proctrack/linuxproc',
  'TaskPlugin=task/none',
]

/**
 * Job servers without their machines, for clusters of a size that no machine could boot: the slurmd of the image `job`
 * for each node, with the cluster's key and slurm.conf, at the node's address. Each takes some 4 MB; `stop` ends all.
 * Once in a lab, as their addresses stay. slurmctld says that their slurm.conf is another: it is.
 */
export async function startSlurmds(lab: Lab, nodes: readonly NodeRecord[]): Promise<Daemon> {
  const last = nodes.at(-1)
  assert.ok(last !== undefined)
  const share = join(lab.efs.folder, 'slurm')
  const folder = await mkdtemp('/run/slurmds-')
  await writeFile(join(folder, 'hosts'), nodes.map(({ address, name }) => `${address} ${name}\n`).join(''))
  const conf = await readFile(join(share, 'slurm.conf'), 'utf8')
  await writeFile(join(folder, 'slurm.conf'), `${conf}${APART.join('\n')}\n`)
  const script = ['sh', SCRIPT, bakedImage(lab, 'job').disk, join(share, 'munge', 'current'), folder, BRIDGE]
  return await startDaemon({
    name: 'slurmd',
    argv: ['setsid', 'unshare', '--mount', ...script],
    logFile: join(folder, 'log'),
    ready: () => listening(last.address, SLURMD_PORT),
    deadlineMs: START_DEADLINE_MS,
    signal: lab.signal,
  })
}
