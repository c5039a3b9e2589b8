import { describe, expect, test } from 'vitest'
import { finishInterrupted, install, updateLists } from '../../src/steps/apt.ts'

const several = install(['hello', 'tree'], [])
const hello = install(['hello'], [])

describe('the commands of apt', () => {
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', APT_LISTCHANGES_FRONTEND: 'none' }
  const interruptible = { do: 'exec', env, lock: 'apt' }
  const common = { ...interruptible, uninterruptible: true }
  const options = ['--option=DPkg::Lock::Timeout=120', '--option=Dpkg::Use-Pty=0', '--option=Acquire::Retries=3']
  const conffiles = ['--force-confdef', '--force-confold']
  const installing = [...options, ...conffiles.map((force) => `--option=Dpkg::Options::=${force}`)]
  const timeouts = ['--option=Acquire::http::Timeout=30', '--option=Acquire::https::Timeout=30']
  const nameOnly = '--option=APT::Cmd::Pattern-Only=true'
  test.each([
    [
      'one transaction',
      several,
      {
        ...common,
        argv: ['apt-get', 'install', 'hello', 'tree', '--yes', '--no-remove', '--quiet', ...installing, nameOnly],
        because: '2 packages are not installed',
      },
    ],
    [
      'one package, whose failure must not keep the next from its turn',
      hello,
      {
        ...common,
        argv: ['apt-get', 'install', 'hello', '--yes', '--no-remove', '--quiet', ...installing, nameOnly],
        mayFail: true,
        because: 'not installed',
      },
    ],
    [
      'the lists, of which some may fail, and which a stop may cut off',
      updateLists,
      {
        ...interruptible,
        argv: ['apt-get', 'update', '--quiet', ...options, ...timeouts, '--option=APT::Update::Error-Mode=any'],
        mayFail: true,
        because: 'packages are missing',
      },
    ],
    [
      'what a dpkg has left',
      finishInterrupted,
      {
        ...common,
        argv: ['dpkg', ...conffiles, '--configure', '--pending'],
        mayFail: true,
        because: 'an earlier dpkg was cut off',
      },
    ],
  ])('%s', (_what, action, expected) => {
    expect(action).toEqual(expected)
  })

  test.each([[several], [hello], [updateLists], [finishInterrupted]])(
    'force nothing but that a conffile stays as it is: %j',
    ({ argv }) => {
      const forced = argv.filter((argument) => /force|allow|unauthenticated|^-f$/i.test(argument))
      expect(forced.filter((argument) => !/--force-conf(?:def|old)$/.test(argument))).toEqual([])
    },
  )
})
