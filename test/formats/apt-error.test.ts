import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type AptFailure, aptReason, kindOfAptFailure } from '../../src/formats/apt-error.ts'

/** What apt 2.6.2 or dpkg 1.21.22 wrote to stderr, behind the words that the host puts before it. */
function errorOf(fixture: string): string {
  const stderr = readFileSync(new URL(`../fixtures/apt/${fixture}.txt`, import.meta.url), 'utf8')
  return `apt-get install --yes --option=APT::Update::Error-Mode=any it ended with 100: ${stderr.trim()}`
}

describe('a failure of apt', () => {
  const failures: readonly (readonly [string, AptFailure, string])[] = [
    ['no-such-package', 'package', 'Unable to locate package nosuchpackage'],
    ['virtual-package', 'package', "Package 'mail-transport-agent' has no installation candidate"],
    ['unmet-dependency', 'package', 'Unable to correct problems, you have held broken packages.'],
    ['would-remove', 'package', 'Packages need to be removed but remove is disabled.'],
    [
      'script-failed',
      'package',
      'bad: installed bad package post-installation script subprocess returned error exit status 1',
    ],
    [
      'not-on-mirror-http',
      'package',
      'Failed to fetch http://127.0.0.1:8099/./gone_1_all.deb  404  File not found [IP: 127.0.0.1 8099]; Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?',
    ],
    [
      'not-on-mirror-file',
      'package',
      'Failed to fetch file:/tmp/pk/./gone_1_all.deb  File not found - /tmp/pk/./gone_1_all.deb (2: No such file or directory); Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?',
    ],
    [
      'install-offline',
      'network',
      "Failed to fetch http://mirror.example.com/debian/pool/main/t/tree/tree_2.1.0-1_amd64.deb  Temporary failure resolving 'mirror.example.com'; Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?",
    ],
    [
      'update-offline',
      'network',
      "Failed to fetch http://mirror.example.com/debian/dists/bookworm/InRelease  Temporary failure resolving 'mirror.example.com'; Some index files failed to download. They have been ignored, or old ones used instead.",
    ],
    [
      'frontend-locked',
      'lock',
      'Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
    ],
    [
      'lists-locked',
      'lock',
      'Could not get lock /var/lib/apt/lists/lock. It is held by process 125 (perl); Unable to lock directory /var/lib/apt/lists/',
    ],
    [
      'archives-locked',
      'lock',
      'Could not get lock /var/cache/apt/archives/lock. It is held by process 130 (perl); Unable to lock directory /var/cache/apt/archives/',
    ],
  ]

  test.each(failures)('%s is to be blamed on the %s', (fixture, kind, reason) => {
    expect([kindOfAptFailure(errorOf(fixture)), aptReason(errorOf(fixture))]).toEqual([kind, reason])
  })

  test('of dpkg alone, which says the lock in other words, is known too', () => {
    expect(kindOfAptFailure(errorOf('dpkg-locked'))).toBe('lock')
  })

  test('is the network while one of several files could not be fetched for it', () => {
    const both = `${errorOf('not-on-mirror-http')}\n${errorOf('install-offline')}`
    expect(kindOfAptFailure(both)).toBe('network')
  })

  test('keeps the words of the host where apt said nothing', () => {
    expect(aptReason('apt-get install hello: ended by SIGKILL')).toBe('apt-get install hello: ended by SIGKILL')
  })
})
