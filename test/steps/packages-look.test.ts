import { describe, expect, test } from 'vitest'
import type { UnitRule } from '../../src/engine/step.ts'
import { fetchedBefore } from '../../src/steps/apt.ts'
import { packages } from '../../src/steps/packages.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { packageQuery } from './package-query.ts'

const config = configuration({ packages: ['hello', 'tree', 'munge'] })
const rule: UnitRule = { is: 'masked', unit: 'munge.service' }
const step = packages(['munge', 'slurmctld'], [rule])
const nothing = {
  missing: [],
  halfUnpacked: [],
  unfinished: false,
  lockedBy: undefined,
  missingRules: [],
  oldFilesBefore: undefined,
}

describe('a look at the packages', () => {
  const installed = 'hello\tinstall ok installed\t1\ntree\tinstall ok installed\t1\nmunge\tinstall ok installed\t1\n'
  const all = `${installed}slurmctld\tinstall ok installed\t22.05.8\n`
  const locks = [
    '/var/lib/dpkg/lock-frontend',
    '/var/lib/dpkg/lock',
    '/var/lib/apt/lists/lock',
    '/var/cache/apt/archives/lock',
  ]
  const look = async (stdout: string, more: Script = {}) =>
    await step.observe(
      config,
      fakeHost({
        commands: { [packageQuery]: stdout, [fetchedBefore(1_795_572_914).join(' ')]: '', ...more.commands },
        files: { '/proc/stat': 'cpu  1 2 3\nbtime 1795572914\n', ...more.files },
        directories: { '/var/lib/dpkg/updates': [] },
        stats: { '/lib/systemd/system/munge.service': undefined, '/etc/systemd/system/munge.service': undefined },
        lockHolders: { ...Object.fromEntries(locks.map((lock) => [lock, undefined])), ...more.lockHolders },
        ...(more.directories && { directories: more.directories }),
      }),
      signal,
    )

  test('finds what is missing, once each', async () => {
    expect(await look('hello\tinstall ok installed\t1\n')).toEqual({
      missing: ['munge', 'slurmctld', 'tree'],
      halfUnpacked: [],
      unfinished: false,
      lockedBy: undefined,
      missingRules: [{ rule, was: undefined }],
      oldFilesBefore: undefined,
    })
  })

  test('tells what apt has fetched before this boot, while something is missing', async () => {
    const commands = { [fetchedBefore(1_795_572_914).join(' ')]: '/var/lib/apt/lists/mirror_Packages\n' }
    expect(await look(installed, { commands })).toMatchObject({ oldFilesBefore: 1_795_572_914 })
    expect(await look(all, { commands })).toEqual(nothing)
  })

  test('knows of nothing from before where the kernel does not say when it was started', async () => {
    expect(await look(installed, { files: { '/proc/stat': 'cpu  1 2 3\n' } })).toMatchObject({
      oldFilesBefore: undefined,
    })
  })

  test.each([
    ['nothing', '', [], false],
    ['a package of anybody that is only unpacked', 'libisl23\tinstall ok unpacked\t1\n', [], true],
    ['triggers that are pending', 'libc-bin\tinstall ok triggers-pending\t1\n', [], true],
    ['a journal of dpkg', '', ['0001', 'tmp.i'], true],
    ['the place of a journal entry alone', '', ['tmp.i'], false],
  ])('knows a dpkg that was cut off by %s', async (_what, more, updates, unfinished) => {
    const seen = await look(`${all}${more}`, { directories: { '/var/lib/dpkg/updates': updates } })
    expect(seen).toEqual({ ...nothing, unfinished })
  })

  const halfUnpacked = 'cpp-12\tinstall reinstreq half-installed\t\n'
  test('takes a package of anybody that is half unpacked for missing, which is for apt to mend', async () => {
    const seen = await look(`${all}${halfUnpacked}`)
    expect(seen).toMatchObject({ missing: ['cpp-12'], halfUnpacked: ['cpp-12'], unfinished: false })
    const wanted = await look(all.replace('munge\tinstall ok installed', 'munge\tinstall reinstreq half-installed'))
    expect(wanted).toMatchObject({ missing: ['munge'], halfUnpacked: ['munge'] })
  })

  test('does not take for missing what another dpkg is about to unpack, or was to remove', async () => {
    const lockHolders = { '/var/lib/dpkg/lock': 'dpkg (pid 7)' }
    expect(await look(`${all}${halfUnpacked}`, { lockHolders })).toMatchObject({ missing: [], halfUnpacked: [] })
    const removal = 'cpp-12\tdeinstall ok half-installed\t1\n'
    expect(await look(`${all}${removal}`)).toEqual(nothing)
  })

  test.each(locks)('sees who holds %s, where there is work for apt', async (lock) => {
    const lockHolders = { [lock]: 'unattended-upgr (pid 7)' }
    const lockedBy = `unattended-upgr (pid 7) holds ${lock}`
    expect(await look(installed, { lockHolders })).toMatchObject({ missing: ['slurmctld'], lockedBy })
    const unfinished = { lockHolders, directories: { '/var/lib/dpkg/updates': ['0001'] } }
    expect(await look(all, unfinished)).toEqual({ ...nothing, unfinished: true, lockedBy })
    expect(await look(all, { lockHolders })).toEqual(nothing)
  })
})
