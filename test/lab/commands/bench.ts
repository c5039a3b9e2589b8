import assert from 'node:assert/strict'
import { AGENT, describe, readStatus, takeOver } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend, assertPackages } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { type Lab, startLab } from '../lab.ts'
import { boothook, multipart } from '../multipart.ts'
import { oldScript, oldScriptUserData, SCRIPT_ENDED } from '../old-script.ts'
import { CONFIGURED_PACKAGES, SCRIPT_PACKAGES } from '../packages.ts'
import type { Prepared } from '../preparation.ts'
import { print, timed } from '../print.ts'
import { userDataFor } from '../user-data.ts'

/** What the bench holds the agent to, as parts of what the shell script takes. */
const MOST_OF_FIRST_BOOT = 0.75
const MOST_OF_RERUN = 0.1
const MOST_MEMORY_MB = 120

const RUN_DEADLINE_MS = 2_400_000
const RERUNS = 2

/** In seconds of the guest's own clock. */
interface Measured {
  /** From the first instruction of user_data to the moment at which the front end is one. */
  readonly firstBoot: number
  /** With nothing to do. */
  readonly reruns: readonly number[]
}

interface Contestant {
  readonly name: 'agent' | 'script'
  userData(lab: Lab): Promise<string>
  /** True in the guest's shell once the first run has ended. */
  readonly ended: string
  /** Run by hand, a second time. */
  readonly rerun: readonly string[]
  verify(lab: Lab, guest: Guest): Promise<void>
}

const START = '/run/bench-start'
const SCRIPT = '/root/old-script.sh'
const STATE = '/var/lib/slurm-node-agent/state.json'

/** That all a front end does is there, as cheaply as a shell can ask: it is asked until it holds. */
const HOLDS = [
  'scontrol ping | grep -q "is UP"',
  'munge -n | unmunge >/dev/null',
  'mountpoint -q /mnt/work',
  'mountpoint -q /mnt/shared',
  'exportfs -v | grep -q ^/mnt/shared',
  'cmp -s /etc/slurm/slurm.conf /mnt/work/slurm/slurm.conf',
].join(' && ')

const CONFIG = exampleConfig(CONFIGURED_PACKAGES)

const AGENT_SIDE: Contestant = {
  name: 'agent',
  async userData(lab) {
    const clock = boothook(`#!/bin/sh\ncut -d ' ' -f 1 /proc/uptime >${START}\n`)
    return multipart([clock, boothook(await userDataFor(lab, CONFIG))])
  },
  ended: `grep -q '"outcome": "[cdfi]' ${STATE}`, // any but `running`
  rerun: [AGENT, 'apply'],
  async verify(lab, guest) {
    const status = await readStatus(guest)
    assert.ok(status !== undefined, 'there was a run')
    assert.equal(status.outcome, 'converged', describe(status))
    await assertFrontend(lab, guest, CONFIG)
    await takeOver(guest, lab.signal) // the reruns by hand are measured alone
  },
}

const SCRIPT_SIDE: Contestant = {
  name: 'script',
  userData: () => oldScriptUserData(CONFIGURED_PACKAGES),
  ended: `[ -e ${SCRIPT_ENDED} ]`,
  rerun: ['bash', SCRIPT],
  async verify(_lab, guest) {
    await assertPackages(guest, [...CONFIGURED_PACKAGES, ...SCRIPT_PACKAGES, 'nfs-kernel-server', 'nfs-common'])
    await guest.writeFile(SCRIPT, await oldScript(CONFIGURED_PACKAGES))
  },
}

async function sh(guest: Guest, script: string, ...words: readonly string[]): Promise<string> {
  return (await guest.run(['sh', '-c', script, 'sh', ...words], { deadlineMs: RUN_DEADLINE_MS })).stdout
}

const uptime = `cut -d ' ' -f 1 /proc/uptime`

async function measure(side: Contestant, prepared: Prepared, runFolder: string, signal: AbortSignal) {
  await using lab = await startLab(prepared, runFolder, signal)
  await lab.efs.open()
  const { guest, root } = await lab.launch(prepared.images.bare, await side.userData(lab))
  await lab.attachDataVolume(guest)
  // The script takes the first disk behind the root's; in any other order it would format the instance store.
  await guest.boot([root, lab.dataVolume, lab.instanceStore])
  // One command that waits inside, and looks seldom: each look costs the emulated guest a part of a second.
  const script = `until ${side.ended}; do sleep 5; done; until ${HOLDS}; do sleep 0.2; done; cat ${START}; ${uptime}`
  const [start, end] = (await sh(guest, `{ ${script}; } 2>/dev/null`)).split('\n').map(Number)
  const firstBoot = span(start, end)
  const { stdout: dpkgLog } = await guest.run(['cat', '/var/log/dpkg.log'])
  print(`  ${side.name}: first boot ${fixed(firstBoot)} s, of it dpkg ${dpkgSeconds(dpkgLog)} s`)
  // Of the first run: a later one is smaller.
  const peak = (await readStatus(guest))?.peakMemoryBytes
  await side.verify(lab, guest)
  const reruns: number[] = []
  for (let count = 0; count < RERUNS; count += 1) {
    const times = await sh(guest, `${uptime}; "$@" >/dev/null 2>&1 </dev/null; ${uptime}`, ...side.rerun)
    const [from, to] = times.split('\n').map(Number)
    reruns.push(span(from, to))
  }
  print(`  ${side.name}: reruns ${reruns.map(fixed).join(', ')} s`)
  const measured: Measured = { firstBoot, reruns }
  return { measured, peakMb: peak === undefined ? undefined : peak / 1_000_000 }
}

/**
 * For how long dpkg was at work, nearly the same work for both: the script has slurmd on top of what both install. Lines
 * of its log are `2026-11-28 14:13:11 status …`; each transaction begins with one or two of `startup`.
 */
function dpkgSeconds(log: string): number {
  const events = log
    .trim()
    .split('\n')
    .map((line) => ({ atMs: Date.parse(`${line.slice(0, 10)}T${line.slice(11, 19)}Z`), what: line.slice(20) }))
  const pauses = events.map(({ atMs, what }, index) =>
    what.startsWith('startup') ? 0 : atMs - (events[index - 1]?.atMs ?? atMs),
  )
  return pauses.reduce((sum, pause) => sum + pause, 0) / 1_000
}

function span(from: number | undefined, to: number | undefined): number {
  assert.ok(from !== undefined && to !== undefined && to > from, `the guest's clock said ${from} and ${to}`)
  return to - from
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  assert.ok(low !== undefined && high !== undefined, 'nothing was measured')
  return (low + high) / 2
}

const fixed = (value: number): string => value.toFixed(1)

/** The agent against the script that it replaces, in pairs of first boots of the same image, each first in its turn. */
export async function bench(
  prepared: Prepared,
  runFolder: string,
  pairs: number,
  signal: AbortSignal,
): Promise<number> {
  const times = { agent: new Array<Measured>(), script: new Array<Measured>() }
  const peaks: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const side of pair % 2 === 0 ? [AGENT_SIDE, SCRIPT_SIDE] : [SCRIPT_SIDE, AGENT_SIDE]) {
      const { measured, peakMb } = await timed(`pair ${pair + 1}: ${side.name}`, () =>
        measure(side, prepared, runFolder, signal),
      )
      times[side.name].push(measured)
      if (side === AGENT_SIDE && peakMb !== undefined) peaks.push(peakMb)
    }
  }
  const firstBoot = (all: readonly Measured[]): number => median(all.map((one) => one.firstBoot))
  const rerun = (all: readonly Measured[]): number => median(all.flatMap(({ reruns }) => reruns))
  const verdicts = [
    verdict('first boot', firstBoot(times.agent), firstBoot(times.script), MOST_OF_FIRST_BOOT),
    verdict('rerun', rerun(times.agent), rerun(times.script), MOST_OF_RERUN),
  ]
  const peak = Math.max(...peaks)
  print(`peak memory of the agent: ${fixed(peak)} MB (at most ${MOST_MEMORY_MB})`)
  return verdicts.every(Boolean) && peak <= MOST_MEMORY_MB ? 0 : 1
}

function verdict(what: string, agent: number, script: number, most: number): boolean {
  const ratio = agent / script
  print(`${what}: agent ${fixed(agent)} s, script ${fixed(script)} s: ${ratio.toFixed(3)} (at most ${most})`)
  return ratio <= most
}
