import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// How long the bundle takes to check a configuration, as against a Node that does nothing. `npm run build` first.

const bundle = 'dist/slurm-node-agent.js'
const rounds = 20
const mostRatio = 4

const config = {
  role: 'frontend',
  efs: { fileSystemId: 'fs-0123456789abcdef0' },
  dataVolume: { volumeId: 'vol-0123456789abcdef0' },
}

/** Milliseconds from the start of the process to its end. */
function timeOf(args: readonly string[]): number {
  const startedAt = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - startedAt
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

const directory = mkdtempSync(join(tmpdir(), 'bench-cli-'))
try {
  const path = join(directory, 'config.json')
  writeFileSync(path, JSON.stringify(config))
  const times = { check: new Array<number>(), bare: new Array<number>() }
  // By turns, so that whatever else the machine does falls on both.
  for (let round = 0; round < rounds; round++) {
    times.bare.push(timeOf(['-e', '0']))
    times.check.push(timeOf([bundle, 'config', 'check', '--config', path]))
  }
  const [check, bare] = [median(times.check), median(times.bare)]
  const ratio = check / bare
  process.stdout.write(
    [
      `config check ${check.toFixed(0)} ms, node -e 0 ${bare.toFixed(0)} ms (medians of ${rounds} alternating runs)`,
      `ratio ${ratio.toFixed(2)}, at most ${mostRatio}`,
      '',
    ].join('\n'),
  )
  process.exitCode = ratio <= mostRatio ? 0 : 1
} finally {
  rmSync(directory, { recursive: true })
}
