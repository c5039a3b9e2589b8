import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { messageOf } from '../src/engine/errors.ts'
import { makeDeb } from './package/deb.ts'
import { type NodeTarballs, nodeMirror, nodeTarballs } from './package/node-tarballs.ts'
import { sourceDateEpoch } from './package/source-date-epoch.ts'

// Makes the Debian package in dist/. Nothing is fetched: the file that is given says which Node it is to bring along.

const usage = `npm run package -- --shasums FILE [--node-mirror URL]
FILE is the SHASUMS256.txt of the Node release that the package is to install: ${nodeMirror}/latest-v24.x/SHASUMS256.txt
URL is where an instance fetches it, by default ${nodeMirror}`

function nodeOf(args: readonly string[]): NodeTarballs {
  const { values } = parseArgs({
    args: [...args],
    options: { shasums: { type: 'string' }, 'node-mirror': { type: 'string' } },
  })
  const { shasums, 'node-mirror': mirror = nodeMirror } = values
  if (shasums === undefined) throw new Error('--shasums is missing')
  try {
    return nodeTarballs(readFileSync(shasums, 'utf8'), mirror)
  } catch (error) {
    throw new Error(`--shasums ${shasums}`, { cause: error })
  }
}

function nodeOrUsage(args: readonly string[]): NodeTarballs {
  try {
    return nodeOf(args)
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${usage}\n`)
    process.exit(1)
  }
}

const node = nodeOrUsage(process.argv.slice(2))
await import('./build.ts')
const deb = await makeDeb({ program: 'dist/slurm-node-agent.js', node, epoch: await sourceDateEpoch() }, 'dist')
process.stdout.write(`${deb}\n`)
