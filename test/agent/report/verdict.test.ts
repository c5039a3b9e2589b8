import { expect, test } from 'vitest'
import { shortVerdict, verdictOf } from '../../../agent/report/verdict.ts'
import type { StepResult } from '../../../src/engine/events.ts'

const warnings = [
  { code: 'PACKAGE_FAILED', text: 'emacs: not there' },
  { code: 'PACKAGE_FAILED', text: 'git: not there' },
] as const
const good: StepResult = { is: 'converged', because: 'it is there', warnings: [] }
const poor: StepResult = { is: 'converged', because: 'all but two', warnings }
const refused: StepResult = { is: 'refused', code: 'DISK_IS_ROOT', because: 'it carries /', hint: 'correct it' }
const failed: StepResult = { is: 'failed', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 is closed' }
const blocked: StepResult = { is: 'blocked', by: 'data-volume' }
const interrupted: StepResult = { is: 'interrupted' }

const packages = { step: 'packages', code: 'PACKAGE_FAILED', because: 'emacs: not there' }
const dataVolume = { step: 'data-volume', code: 'DISK_IS_ROOT', because: 'it carries /' }
const efs = { step: 'efs', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 is closed' }

test.each<[string, Readonly<Record<string, StepResult>>, object | undefined]>([
  ['ready', { hostname: good, packages: good }, { is: 'ready' }],
  ['degraded, by the first warning', { hostname: good, packages: poor }, { is: 'degraded', ...packages }],
  [
    'failed, by the first refusal',
    { packages: poor, 'data-volume': refused, efs: failed },
    { is: 'failed', ...dataVolume },
  ],
  ['failed, and not by what comes after', { 'nfs-export': blocked, efs: failed }, { is: 'failed', ...efs }],
  ['not known, when it was stopped', { efs: failed, munge: interrupted }, undefined],
])('an instance is %s', (_what, results, verdict) => {
  expect(verdictOf(new Map(Object.entries(results)))).toEqual(verdict)
})

test('a verdict is told in a word and a code', () => {
  expect(shortVerdict({ is: 'ready' })).toBe('ready')
  expect(shortVerdict({ is: 'degraded', ...packages })).toBe('degraded PACKAGE_FAILED')
  expect(shortVerdict({ is: 'failed', ...efs })).toBe('failed EFS_PORT_CLOSED')
})
