import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { renderCodes, renderExplanation } from '../../../agent/report/explanation.ts'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))
const refuseToLoad = fileURLToPath(new URL('./refuse-to-load.ts', import.meta.url))
const unlimited = Number.POSITIVE_INFINITY

function run(...args: readonly string[]) {
  const argv = ['--import', refuseToLoad, main, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  return { code: status, lines: stdout.split('\n').slice(0, -1), stderr }
}

/** What stands on a terminal that is so wide. */
function onTerminal(columns: number, ...args: readonly string[]): readonly string[] {
  const command = `stty cols ${columns}; exec ${[process.execPath, main, ...args].join(' ')}`
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' })
  return stripVTControlCharacters(stdout).replaceAll('\r', '').split('\n').slice(0, -1)
}

describe('explain', () => {
  test('lists all codes, uncut in a pipe, and loads neither the steps nor what asks AWS', () => {
    expect(run('explain')).toEqual({ code: 0, lines: renderCodes(unlimited), stderr: '' })
  })

  test.each(['EFS_PORT_CLOSED', 'efs_port_closed', 'Efs_Port_Closed'])('%s explains the code', (written) => {
    const lines = renderExplanation('EFS_PORT_CLOSED', unlimited)
    expect(run('explain', written)).toEqual({ code: 0, lines, stderr: '' })
  })

  test('fits itself to the terminal', () => {
    expect(onTerminal(60, 'explain')).toEqual(renderCodes(60))
    expect(onTerminal(60, 'explain', 'DISK_NOT_BLANK')).toEqual(renderExplanation('DISK_NOT_BLANK', 60))
  })

  test.each([
    ['EFS_PORT_CLOSE', 'EFS_PORT_CLOSED'],
    ['disk-is-root', 'DISK_IS_ROOT'],
    ['not_blank', 'DISK_NOT_BLANK'],
  ])('%s is a usage error that names the nearest code', (written, nearest) => {
    const said = `there is no code ${written}; the nearest is ${nearest}, slurm-node-agent explain lists all`
    const stderr = `slurm-node-agent: ${said}; slurm-node-agent help\n`
    expect(run('explain', written)).toEqual({ code: 64, lines: [], stderr })
  })

  test('knows no code by the name of what every object has', () => {
    const { code, stderr } = run('explain', 'constructor')
    expect([code, stderr]).toEqual([
      64,
      expect.stringMatching(/there is no code constructor; the nearest is [A-Z_]+, /),
    ])
  })

  test.each([
    [['DISK_IS_ROOT', 'DISK_SWAP'], 'unexpected argument DISK_SWAP'],
    [['--json'], "Unknown option '--json'"],
  ])('%j is a usage error', (args, problem) => {
    const { code, lines, stderr } = run('explain', ...args)
    expect([code, lines]).toEqual([64, []])
    expect(stderr).toContain(problem)
  })
})
