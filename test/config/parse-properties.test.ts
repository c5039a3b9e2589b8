import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseConfig, problemLine } from '../../src/config/parse.ts'
import { writtenWith } from './written.ts'

const isOneLine = (line: string) => !/\p{C}|\p{Zl}|\p{Zp}/u.test(line)

describe('whatever the file holds', () => {
  test('it is either good or has problems, each on one line', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json({ stringUnit: 'binary' }),
      nearlyRight(),
    )
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseConfig(text)
        if (parsed.is === 'good') return
        expect(parsed.problems.length).toBeGreaterThan(0)
        expect(parsed.problems.map(problemLine).filter((line) => !isOneLine(line))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('what is accepted holds no character that a file or an argv could read as anything else', () => {
    let accepted = 0
    fc.assert(
      fc.property(nearlyRight(), (text) => {
        const parsed = parseConfig(text)
        if (parsed.is === 'bad') return
        accepted += 1
        for (const string of strings(parsed.config)) expect(string).toMatch(/^[A-Za-z0-9/][A-Za-z0-9/._+:,[\]-]*$/)
      }),
      { numRuns: 2_000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  // An expression that backtracks, or a range that is spelled out, would take longer than a test may.
  test('reading it ends for lists that were made to be hard', () => {
    const hard = [
      ['slurm.nodes', [{ name: 'a[1-999999999999]', cpus: 1, memoryMiB: 1 }]],
      ['slurm.nodes', [{ name: `${'a,'.repeat(50_000)}!`, cpus: 1, memoryMiB: 1 }]],
      ['slurm.nodes', [{ name: `a[${'1,'.repeat(50_000)}`, cpus: 1, memoryMiB: 1 }]],
      ['efs.mountPoint', `${'/a'.repeat(50_000)}/`],
      ['nfs.clients', Array(20_000).fill('10.0.0.0/8')],
    ] as const
    for (const [path, value] of hard) {
      expect(parseConfig(written(path, value)).is).toBe('bad')
    }
  })
})

const samples = {
  hostname: ['a', 'front-1'],
  'efs.fileSystemId': ['fs-01234567'],
  'efs.mountPoint': ['/srv/a/b', '/data'],
  'efs.client': ['auto', 'nfs'],
  'efs.accessPoint': ['fsap-0123456789abcdef0'],
  'efs.availabilityZone': ['us-east-1a', 'us-west-2-lax-1a'],
  'efs.mountTargetIp': ['10.0.1.5'],
  'dataVolume.volumeId': ['vol-01234567'],
  'dataVolume.deviceName': ['/dev/sdg', '/dev/xvdba'],
  'dataVolume.mountPoint': ['/mnt/x', '/data'],
  'slurm.clusterName': ['a', 'c-1'],
  'slurm.stateSaveLocation': ['/var/spool/x', '/srv/x'],
}
const listed = { packages: ['g++', 'docker.io'], 'nfs.clients': ['10.0.0.0/8', '2001:db8::/32', 'job-1.internal'] }
const named = { 'slurm.nodes': ['a', 'job-[1-4,7]'], 'slurm.partitions': ['main', 'GPU.1'] }

/** A good configuration with one value replaced by another good one, by one with dirt on it, or by anything. */
function nearlyRight(): fc.Arbitrary<string> {
  const dirt = fc.constantFrom('\n', '\0', ' ', ';', '$(x)', '`', '"', '..', '/', '-', 'é', '\u2028', '#', '\\', '*')
  const near = (good: readonly string[]) =>
    fc.oneof(
      fc.constantFrom(...good),
      fc.tuple(fc.constantFrom(...good), dirt).map((parts) => parts.join('')),
      fc.tuple(dirt, fc.constantFrom(...good)).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    )
  const node = { cpus: 1, memoryMiB: 1 }
  return fc.oneof(
    ...Object.entries(samples).map(([path, good]) => near(good).map((value) => written(path, value))),
    ...Object.entries(listed).map(([path, good]) => fc.array(near(good)).map((value) => written(path, value))),
    ...Object.entries(named).map(([path, good]) =>
      near(good).map((name) => written(path, [path === 'slurm.nodes' ? { name, ...node } : { name }])),
    ),
  )
}

function written(path: string, value: unknown): string {
  return JSON.stringify(writtenWith(path, value))
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}
