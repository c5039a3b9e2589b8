import { rm } from 'node:fs/promises'
import { removeFile } from '../../agent/host/file-actions.ts'
import { writeRecord } from '../../agent/host/records.ts'
import type { FrontendConfig } from '../../src/config/frontend-schema.ts'
import type { FileSystem, Format, FormatIntent } from '../../src/engine/action.ts'
import type { RefusalCode, WaitCode } from '../../src/engine/codes.ts'
import type { Decision } from '../../src/engine/decision.ts'
import type { Host } from '../../src/engine/host.ts'
import { consentPath, printConsent } from '../../src/formats/disk-consent.ts'
import { intentPath } from '../../src/formats/format-intent.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import { signal } from '../fake-host.ts'
import { instanceId, volumeId } from './as-ebs.ts'
import type { TestDisk } from './test-disk.ts'

const plain: FrontendConfig['dataVolume'] = {
  volumeId,
  deviceName: '/dev/sdf',
  attach: false,
  fileSystem: 'ext4',
  mountPoint: '/mnt/no-such-place',
  deadlineSeconds: 300,
}

/** As a run does: where an intent is to be forgotten, and no more is to be done, that is done, and looked again. */
export async function decideOn(host: Host, changes: Partial<FrontendConfig['dataVolume']> = {}): Promise<Decision> {
  const config = { dataVolume: { ...plain, ...changes } }
  const look = async () => dataVolume.decide(config, await dataVolume.observe(config, host, signal), [])
  const decision = await look()
  const [first, ...others] = decision.is === 'act' ? decision.actions : []
  if (first?.do !== 'remove' || others.length > 0) return decision
  await removeFile(first)
  return await look()
}

/** `format` and `mount`: the actions. */
export type InShort = 'format' | 'mount' | 'converged' | RefusalCode | WaitCode

/** What the decision comes to, in the words of the table of states. */
export function inShort(decision: Decision): InShort {
  if (decision.is === 'refuse' || decision.is === 'wait') return decision.code
  if (decision.is === 'converged') return 'converged'
  return decision.actions.some((action) => action.do === 'format') ? 'format' : 'mount'
}

/** The format that was decided; throws when another thing was. */
export function formatOf(decision: Decision): Format {
  const format = decision.is === 'act' ? decision.actions.find((action) => action.do === 'format') : undefined
  if (format === undefined) throw new Error(`not a format: ${JSON.stringify(decision)}`)
  return format
}

/** A format that no decision asked for. */
export function forcedOn({ path, sizeBytes }: TestDisk, fileSystem: FileSystem, intent?: FormatIntent): Format {
  return {
    do: 'format',
    device: path,
    volumeId,
    instanceId,
    sizeBytes,
    fileSystem,
    intent,
    consentedFindings: undefined,
    because: 'forced',
  }
}

/** As `disk consent` does. */
export async function consentTo(findings: string): Promise<void> {
  const consent = { volumeId, findings, by: 'ada', at: '2026-11-25T10:00:00.000Z' }
  await writeRecord(consentPath(volumeId), printConsent(consent))
}

/** Intent and consent are written on this very machine: nothing of them may stay. */
export async function forgetRecords(): Promise<void> {
  await rm(intentPath(volumeId), { force: true })
  await rm(consentPath(volumeId), { force: true })
}
