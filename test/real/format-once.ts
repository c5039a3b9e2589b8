import { argv, exit, stdout } from 'node:process'
import { formatDisk } from '../../agent/host/format.ts'
import { asEbs } from './as-ebs.ts'
import { decideOn, formatOf } from './data-volume-run.ts'

/** An agent's look and format in a process of its own, which can be killed. Exits with 0 done, 1 failed, 3 nothing done. */
const host = asEbs([{ name: argv[2] ?? '' }])
const decision = await decideOn(host, argv[3] === 'xfs' ? { fileSystem: 'xfs' } : {})
const stale =
  decision.is === 'wait' ? decision.for : await formatDisk(formatOf(decision), AbortSignal.timeout(60_000), host)
if (stale !== undefined) stdout.write(stale)
exit(stale === undefined ? 0 : 3)
