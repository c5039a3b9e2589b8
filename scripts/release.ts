import { makeRelease } from './package/release.ts'

// Makes the release in dist/, which instances fetch.

await import('./build.ts')
const release = await makeRelease('dist/slurm-node-agent.js', 'dist')
process.stdout.write(`${release}\n`)
