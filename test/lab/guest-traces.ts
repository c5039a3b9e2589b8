import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import { AGENT } from './agent-status.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import { filesIn } from './tar.ts'

/** Something that an instance leaves where others than its root may come to see it. */
export interface Trace {
  readonly where: string
  readonly content: Uint8Array
}

/** All files in here are looked at, whoever may read them. */
const LOGS = ['/run', '/var/lib/slurm-node-agent', '/var/log'] as const

/** And in here those that others than root may read, and that were written since the launch. */
const OPEN = [
  '/dev/shm',
  '/etc',
  '/home',
  '/mnt/shared',
  '/mnt/work',
  '/opt',
  '/root',
  '/srv',
  '/tmp',
  '/usr/local',
  '/var',
]

/** cloud-init keeps all that the metadata service tells, the role's credentials too, in a file of root's (0600). */
const OF_CLOUD_INIT = '/run/cloud-init/instance-data-sensitive.json'

const REPORT = '/root/lab-report.tar.gz'

const DEADLINE_MS = 300_000

export async function tracesOf({ cloud }: Lab, guest: Guest): Promise<readonly Trace[]> {
  const { instanceId } = guest.instance
  const tags = cloud.tags.get(instanceId)
  assert.ok(tags !== undefined, 'the instance has told of itself by a tag')
  return [
    { where: 'the journal', content: await output(guest, ['journalctl', '--output=export', '--all']) },
    { where: 'the arguments of programs', content: await output(guest, ['ps', '-eww', '--format', 'args=']) },
    { where: 'the console', content: Buffer.from(await guest.consoleTail(Number.MAX_SAFE_INTEGER)) },
    { where: 'the tags', content: Buffer.from(JSON.stringify([...tags])) },
    ...(await filesOf(guest)),
    ...(await reportOf(guest)),
  ]
}

async function output(guest: Guest, argv: readonly string[], stdin: string | Uint8Array = ''): Promise<Buffer> {
  // 1: files come and go meanwhile, and what others own on a share is not for the root of a job server.
  const { stdout } = await guest.run(argv, { ok: [0, 1], stdin, encoding: 'latin1', deadlineMs: DEADLINE_MS })
  return Buffer.from(stdout, 'latin1')
}

/** Not the journal's own, which are compressed. Of what all may read, only programs and lists of packages are larger. */
async function filesOf(guest: Guest): Promise<readonly Trace[]> {
  const inLogs = LOGS.flatMap((folder) => ['-path', `${folder}/*`, '-o'])
  const isOpen = ['-perm', '-o+r', '-newerct', guest.instance.launchTime, '-size', '-8M']
  const search = [
    ['find', '/run', ...OPEN, '-xdev', '-type', 'f'],
    ['!', '-name', '*.journal', '!', '-path', OF_CLOUD_INIT],
    ['(', ...inLogs, ...isOpen, ')', '-print0'],
  ].flat()
  const names = await output(guest, search)
  const argv = ['tar', '--create', '--file=-', '--absolute-names', '--no-recursion', '--ignore-failed-read', '--null']
  const tar = await output(guest, [...argv, '--files-from=-'], names)
  return filesIn(tar).map(({ name, content }) => ({ where: name, content }))
}

async function reportOf(guest: Guest): Promise<readonly Trace[]> {
  await guest.run([AGENT, 'collect-logs', REPORT], { deadlineMs: DEADLINE_MS })
  const report = gunzipSync(await output(guest, ['cat', REPORT]))
  await guest.run(['rm', REPORT])
  return filesIn(report).map(({ name, content }) => ({ where: `collect-logs: ${name}`, content }))
}
