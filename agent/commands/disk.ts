import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { FrontendConfig } from '../../src/config/frontend-schema.ts'
import type { Decision } from '../../src/engine/decision.ts'
import { type Consent, consentPath, printConsent } from '../../src/formats/disk-consent.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { exitCode } from '../exit-code.ts'
import { clock } from '../host/clock.ts'
import { host } from '../host/host.ts'
import { writeRecord } from '../host/records.ts'
import { acquireRunLock } from '../host/run-lock.ts'
import { openLog } from '../report/log.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { refuseUnlessRoot } from './root.ts'
import { UsageError } from './usage-error.ts'

/** A person's yes to what a refusal has found being lost. It counts only for what is found on the disk now. */
export async function disk(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    findings: { type: 'string' },
    config: { type: 'string', default: defaultConfigPath },
  })
  const [verb, volumeId, ...rest] = positionals
  refusePositionals(rest)
  const { findings } = values
  if (verb !== 'consent' || volumeId === undefined || findings === undefined) {
    throw new UsageError('disk takes: consent VOLUME --findings HASH, as the refusal of the volume writes it out')
  }
  refuseUnlessRoot('disk consent')
  const config = await loadConfig(values.config)
  if (config.role !== 'frontend') throw new Error(`not consented: the role ${config.role} has no data volume`)

  await using _lock = await acquireRunLock('disk consent')
  const found = await refusedNow(volumeId, config, signal)
  if (found.findings !== findings) {
    throw new Error(
      `not consented: ${volumeId} has the findings ${found.findings} now, not ${findings}: ${found.because}`,
    )
  }
  const consent = { volumeId, findings, by: process.env['SUDO_USER'] ?? userInfo().username, at: now() }
  await give(consent, found.because)
  process.stdout.write(
    `Consented: ${found.because}. The next run of slurm-node-agent apply erases it, and makes an empty ${config.dataVolume.fileSystem} there.\n` +
      `Until then, it is taken back by removing ${consentPath(volumeId)}.\n`,
  )
  return exitCode.converged
}

/** Throws where there is nothing that a person could consent to. */
async function refusedNow(volumeId: string, config: FrontendConfig, signal: AbortSignal) {
  const seen = await dataVolume.observe(config, host, signal)
  const decision = dataVolume.decide(config, seen, [])
  if (seen.is === 'identified' && seen.wanted.volumeId !== volumeId) {
    throw new Error(`not consented: the data volume of the configuration is ${seen.wanted.volumeId}, not ${volumeId}`)
  }
  if (decision.is === 'refuse' && decision.findings !== undefined) {
    if (seen.is === 'identified' && seen.sight.is === 'read' && (await host.deviceIsClaimed(seen.sight.disk.path))) {
      throw new Error(
        `not consented: something has ${seen.sight.disk.path} for itself; free it first: ${decision.because}`,
      )
    }
    return { findings: decision.findings, because: decision.because }
  }
  throw new Error(`not consented: ${volumeId} has nothing that a consent would change: ${wordsFor(decision)}`)
}

function wordsFor(decision: Decision): string {
  switch (decision.is) {
    case 'converged':
    case 'refuse':
      return decision.because
    case 'wait':
      return decision.for
    case 'act':
      return decision.actions.map(({ because }) => because).join('; ')
  }
}

async function give(consent: Consent, found: string): Promise<void> {
  openLog(randomUUID(), !process.stdout.isTTY).warn({ ...consent, found }, 'disk-consent-given')
  await writeRecord(consentPath(consent.volumeId), printConsent(consent))
}

function now(): string {
  return new Date(clock.now()).toISOString()
}
