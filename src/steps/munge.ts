import type { Config } from '../config/schema.ts'
import type { Executed, FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { held } from './holds.ts'
import { localKey } from './munge-key-trust.ts'
import { inOneLine, journalTail, keepsDying, type ServiceState, serviceState, toRun } from './service.ts'

/**
 * Exit codes that say that munged is not as it should be; others are trouble of the programs themselves. Source: munge.h.
 * 1: an error of the daemon, 6: no socket, 7: no answer in time; 8 to 18: the credential does not pass.
 */
const unanswered = [1, 6, 7]
const notPassed = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]

const unit = 'munge.service'

interface Seen {
  readonly service: ServiceState
  readonly key: FileStat | undefined
  /** Why no credential could be made and decoded. */
  readonly trouble: string | undefined
  /** What the daemon said last; looked at while it is not active. */
  readonly lastWords: string | undefined
}

/** munged, running with the key that is in place now. It reads the key only when it starts; SIGHUP does not help. */
export const munge: Step<Config, Seen> = {
  id: 'munge',
  title: 'Munge',
  after: ['munge-key', 'hostname'],
  packages: () => ['munge'],
  units: () => held(unit),
  asksAbout: () => [unit],
  deadlineMs: () => 120_000,

  async observe(_config, host, signal) {
    const [service, key, trouble] = await Promise.all([
      serviceState(unit, host, signal),
      host.stat(localKey),
      credentialTrouble(host, signal), // at once: a daemon that does not run is quick to say so
    ])
    const lastWords = service.active === 'active' ? undefined : await journalTail(service.unit, host, signal)
    return { service, key, trouble, lastWords }
  },

  decide(_config, { service, key, trouble, lastWords }, past) {
    const actions = toRun(service, key?.changedAtMs ?? 0, past)
    if (actions.length > 0 && !keepsDying(service, past)) return { is: 'act', actions }
    if (service.active !== 'active') {
      const what = `${service.unit} is ${service.active}; its last words: ${lastWords || 'none'}`
      return { is: 'wait', code: 'MUNGE_NOT_ANSWERING', for: what }
    }
    if (trouble !== undefined) return { is: 'wait', code: 'MUNGE_NOT_ANSWERING', for: trouble }
    return { is: 'converged', because: 'a credential was made and decoded' }
  },
}

/** The credential is worth something for minutes: it goes from one program to the other and nowhere else. */
async function credentialTrouble(host: Host, signal: AbortSignal): Promise<string | undefined> {
  const credential = await host.exec(['munge', '--no-input'], { signal, ok: [0, ...unanswered] })
  if (credential.exitCode !== 0) return wordsOf('munge', credential)
  const decoded = await host.exec(['unmunge', '--output=/dev/null'], {
    signal,
    input: credential.stdout,
    ok: [0, ...unanswered, ...notPassed],
  })
  return decoded.exitCode === 0 ? undefined : wordsOf('unmunge', decoded)
}

function wordsOf(program: string, { exitCode, stderr }: Executed): string {
  return inOneLine(`${program} ended with ${exitCode}: ${stderr}`)
}
