import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parsePackageStates, showPackages } from '../../src/formats/dpkg.ts'

/** Printed by dpkg-query 1.21.22 in this format; the half-done ones after a dpkg was killed in the middle. */
const states = readFileSync(new URL('../fixtures/dpkg/states.txt', import.meta.url), 'utf8')

describe('what dpkg-query says of packages', () => {
  test('tells those that are installed from those that are only on the way', () => {
    expect(Object.fromEntries(parsePackageStates(states))).toEqual({
      apt: { installed: true, unfinished: false, halfDone: undefined, version: '2.6.1' },
      bad: { installed: false, unfinished: true, halfDone: undefined, version: '1' },
      'cpp-12': { installed: false, unfinished: false, halfDone: 'unpacking', version: '' },
      hello: { installed: false, unfinished: false, halfDone: undefined, version: '2.10-3' },
      'libc-bin': { installed: false, unfinished: true, halfDone: undefined, version: '2.36-9+deb12u14' },
      libisl23: { installed: false, unfinished: true, halfDone: undefined, version: '0.25-1.1' },
      munge: { installed: true, unfinished: false, halfDone: undefined, version: '0.5.15-2+deb12u1' },
      'only-virtual': { installed: false, unfinished: false, halfDone: undefined, version: '' },
      slurmctld: { installed: true, unfinished: false, halfDone: undefined, version: '22.05.8-4+deb12u3' },
    })
  })

  test.each([
    ['the installed one first', ['install ok installed\t2', 'install ok unpacked\t1']],
    ['the installed one last', ['install ok unpacked\t1', 'install ok installed\t2']],
  ])('joins the lines of several architectures, %s', (_order, lines) => {
    const stdout = lines.map((line) => `libc6\t${line}\n`).join('')
    expect(parsePackageStates(stdout).get('libc6')).toEqual({
      installed: true,
      unfinished: true,
      halfDone: undefined,
      version: '2',
    })
  })

  test.each([
    ['install reinstreq half-installed', 'unpacking'],
    ['hold reinstreq half-installed', 'unpacking'],
    ['deinstall ok half-installed', 'removal'],
    ['purge reinstreq half-installed', 'removal'],
    ['install ok unpacked', undefined],
  ])('tells what was cut off of one that is %s: %s', (status, halfDone) => {
    expect(parsePackageStates(`libc6\t${status}\t\n`).get('libc6')).toMatchObject({ installed: false, halfDone })
  })

  test('is nothing when nothing was printed', () => {
    expect(parsePackageStates('').size).toBe(0)
  })

  test('is asked for in one line a package', () => {
    // dpkg-query itself turns the backslash sequences of its format into tabs and newlines, and takes real ones as well.
    expect(showPackages).toEqual(['dpkg-query', '--show', '--showformat=${Package}\t${Status}\t${Version}\n'])
  })
})
