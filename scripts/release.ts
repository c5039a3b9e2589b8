import { makeRelease } from './package/release.ts'
import { sourceDateEpoch } from './package/source-date-epoch.ts'

// Makes the release in dist/, which instances fetch.

await import('./build.ts')
const release = await makeRelease({ program: 'dist/slurm-node-agent.js', epoch: await sourceDateEpoch() }, 'dist')
process.stdout.write(`${release}\n`)
