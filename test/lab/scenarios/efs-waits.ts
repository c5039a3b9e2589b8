import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileSystemName, MOUNT_TARGET } from '../addresses.ts'
import {
  applyWith,
  CONFIG_FILE,
  describe,
  handBack,
  stepOf,
  takeOver,
  UNIT,
  waitForRunEnd,
  waitForStepCode,
} from '../agent-status.ts'
import { assertNothingThere } from '../bare-directory.ts'
import { mountTarget } from '../cloud.ts'
import type { EfsState } from '../efs.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { FILE_SYSTEM_ID, type Lab } from '../lab.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'
import { type Look, pause, waitFor } from '../wait.ts'

const TUNNEL_FILE = '/etc/slurm-node-agent/efs-stunnel.conf'
const TUNNEL = 'slurm-node-agent-efs.service'
const API_CALL = 'elasticfilesystem:DescribeMountTargets'
const OTHER_ZONE = { zone: 'us-east-1b', zoneId: 'use1-az6' }
const FAILED = 1

interface Trouble {
  readonly code: string
  /** What the reason must name. */
  readonly names: string
  readonly state: Partial<EfsState>
  /** How the API answers, where it does not simply. */
  readonly api?: 'denied' | 'throttled'
}

const ELSEWHERE: Partial<EfsState> = {
  mountTarget: mountTarget('10.0.3.10', 'available', OTHER_ZONE),
  named: false,
  port: 'closed',
}

/** Nothing is mounted before the last of them is over. */
const BEFORE_THE_MOUNT: readonly Trouble[] = [
  { code: 'EFS_NO_MOUNT_TARGET_IN_ZONE', names: OTHER_ZONE.zoneId, state: ELSEWHERE },
  {
    code: 'EFS_MOUNT_TARGET_CREATING',
    names: 'creating',
    state: { mountTarget: mountTarget(MOUNT_TARGET, 'creating'), named: false, port: 'closed' },
  },
  {
    code: 'EFS_MOUNT_TARGET_DELETED',
    names: 'deleting',
    state: { mountTarget: mountTarget(MOUNT_TARGET, 'deleting'), named: false, port: 'closed' },
  },
  { code: 'EFS_API_DENIED', names: API_CALL, state: { named: false }, api: 'denied' },
  { code: 'EFS_NAME_DOES_NOT_RESOLVE', names: 'Rate exceeded', state: { named: false }, api: 'throttled' },
  { code: 'EFS_PORT_CLOSED', names: 'refused', state: { port: 'closed' } },
  { code: 'EFS_PORT_SILENT', names: 'no answer', state: { port: 'silent' } },
  { code: 'EFS_TLS_FAILED', names: 'no answer', state: { port: 'mute' } },
  { code: 'EFS_NOT_EXPORTED', names: 'mount.nfs', state: { serves: 'nothing' } },
]
const READ_ONLY: Trouble = {
  code: 'EFS_READ_ONLY',
  names: 'may not write',
  state: { named: false, serves: 'read-only' },
}

const HANGS: Trouble = { code: 'EFS_NOT_ANSWERING', names: 'has not answered', state: { serves: 'frozen' } }
const STALE: Trouble = { code: 'EFS_STALE', names: 'mnt-work.mount', state: { serves: 'another' } }

/** The first is mounted in vain, and nothing by the others. */
const UNMOUNTED_AT_THE_DEADLINE: readonly Omit<Trouble, 'names'>[] = [
  { code: 'EFS_READ_ONLY', state: { serves: 'squashed' } },
  ...BEFORE_THE_MOUNT,
]

/** Starts a run as the timer does, and leaves it running. */
async function startRun(guest: Guest, config: object): Promise<void> {
  await guest.writeFile(CONFIG_FILE, JSON.stringify(config))
  await guest.run(['systemctl', 'start', '--no-block', UNIT])
}

async function bringAbout({ cloud, efs }: Lab, { state, api }: Omit<Trouble, 'names'>): Promise<void> {
  cloud.denied.clear()
  cloud.throttled.clear()
  if (api !== undefined) cloud[api].add(API_CALL)
  await efs.become(state)
}

async function waitIn(lab: Lab, guest: Guest, trouble: Trouble, after: string): Promise<void> {
  const { code, names } = trouble
  const { signal } = lab
  await bringAbout(lab, trouble)
  const status = await timed(code, () => waitForStepCode(guest, 'efs', code, { deadlineMs: 240_000, signal, after }))
  assert.ok(stepOf(status, 'efs').reason?.includes(names), `${names} is named: ${describe(status)}`)
}

const LINES = 400

/** Somebody writes while the tunnel is killed, again and again: he waits, and not a line is lost. */
async function killTunnelUnderWriter(lab: Lab, guest: Guest, mountPoint: string): Promise<void> {
  const file = join(mountPoint, 'written-meanwhile')
  const script = `i=0\nwhile [ $i -lt ${LINES} ]; do i=$((i+1)); echo $i >>${file}; sync ${file}; done\n`
  await guest.writeFile('/run/lab-writer', script)
  const unit = ['--unit=lab-writer', '--property=RemainAfterExit=yes']
  await guest.run(['systemd-run', ...unit, 'sh', '-eu', '/run/lab-writer'])
  for (let times = 0; times < 3; times += 1) {
    await pause(2_000, lab.signal)
    await guest.run(['systemctl', 'kill', '--signal=KILL', TUNNEL])
  }
  await waitFor('the writer', { deadlineMs: 240_000, signal: lab.signal }, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(['systemctl', 'show', '--property=SubState,Result', 'lab-writer'])
    return /SubState=exited/.test(stdout) && /Result=success/.test(stdout) ? { found: true } : { missing: stdout }
  })
  const written = await readFile(join(lab.efs.folder, 'written-meanwhile'), 'utf8')
  const lines = Array.from({ length: LINES }, (_, index) => `${index + 1}\n`)
  assert.equal(written, lines.join(''), 'every line is on the share, once')
  await guest.run(['rm', file])
}

export const efsWaits: Scenario = {
  name: 'efs-waits',
  title: 'all that can keep EFS away, each told by its code and reason; at last it comes, after a deadline too',
  ci: { leftOut: 'it takes a quarter of an hour; the unit tests have each of its reasons' },
  images: ['baked'],
  async run({ lab }) {
    const { efs, signal } = lab
    const example = exampleConfig()
    const config = { ...example, efs: { ...example.efs, deadlineSeconds: 1_800 } }
    const short = { ...example, efs: { ...example.efs, deadlineSeconds: 15 } }
    const { mountPoint } = config.efs
    const endOfRun = (after?: string) =>
      waitForRunEnd(guest, { deadlineMs: 600_000, signal, ...(after !== undefined && { after }) })

    /** Returns the run's ID. */
    const failsAtTheDeadline = async ({ code }: Pick<Trouble, 'code'>): Promise<string> => {
      await timed(`a run fails at a short deadline: ${code}`, () => applyWith(guest, short, [FAILED]))
      const failed = await endOfRun()
      assert.equal(stepOf(failed, 'efs').code, code, describe(failed))
      return failed.runId
    }

    /**
     * A mount that was good fails, and the kernel still answers from memory: a run fails at a short deadline, and one with
     * more time goes on once it is mended.
     */
    const mountFails = async (trouble: Trouble, mend: () => Promise<unknown>) => {
      await bringAbout(lab, trouble)
      const failed = await failsAtTheDeadline(trouble)
      await startRun(guest, config)
      await waitIn(lab, guest, trouble, failed)
      await mend()
      const mended = await timed('the run ends once that is mended', () => endOfRun(failed))
      assert.equal(mended.outcome, 'converged', describe(mended))
    }

    /** With the timer, whose runs are over when this ends. */
    const holds = async (wanted: typeof config) => {
      await handBack(guest)
      await assertFrontend(lab, guest, wanted)
      await takeOver(guest, signal)
      await endOfRun()
    }

    await efs.become({ certificate: 'another' })
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    await timed('the certificate of another name is refused', () => endOfRun())
    await takeOver(guest, signal) // the timer's runs would come between
    const refused = await endOfRun()
    assert.equal(stepOf(refused, 'efs').state, 'refused', describe(refused))
    assert.equal(stepOf(refused, 'efs').code, 'EFS_CERTIFICATE_REJECTED', describe(refused))
    await assertNothingThere(guest, mountPoint)

    await efs.become(ELSEWHERE)
    await startRun(guest, config)
    for (const trouble of BEFORE_THE_MOUNT) {
      await waitIn(lab, guest, trouble, refused.runId)
      await assertNothingThere(guest, mountPoint)
    }
    await waitIn(lab, guest, READ_ONLY, refused.runId)
    const byAddress = await guest.readFile(TUNNEL_FILE)
    assert.match(byAddress, new RegExp(`^connect = ${MOUNT_TARGET}:2049$`, 'm'), 'mounted by the address')
    assert.match(byAddress, new RegExp(`^checkHost = ${fileSystemName(FILE_SYSTEM_ID)}$`, 'm'), 'verified by the name')
    await efs.open()
    const converged = await timed('the run ends', () => endOfRun(refused.runId))
    assert.equal(converged.outcome, 'converged', describe(converged))
    assert.match(await guest.readFile(TUNNEL_FILE), /^connect = fs-/m, 'by name again')
    await timed('all of it holds', () => holds(config))

    await timed('a writer outlives the tunnel', () => killTunnelUnderWriter(lab, guest, mountPoint))

    await mountFails(HANGS, () => efs.open())
    await mountFails(STALE, () => guest.run(['systemctl', 'stop', 'mnt-work.mount']))

    for (const trouble of UNMOUNTED_AT_THE_DEADLINE) {
      await guest.run(['systemctl', 'stop', 'mnt-work.mount'])
      await bringAbout(lab, trouble)
      await failsAtTheDeadline(trouble)
    }
    await assertNothingThere(guest, mountPoint)
    await efs.open()
    await timed('the next one converges', () => guest.run(['systemctl', 'start', UNIT], { deadlineMs: 300_000 }))
    const last = await endOfRun()
    assert.equal(last.outcome, 'converged', describe(last))
    await timed('all of it holds, and nothing was cleaned', () => holds(short))
  },
}
