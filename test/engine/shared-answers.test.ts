import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/engine/decision.ts'
import type { Host } from '../../src/engine/host.ts'
import type { Ports } from '../../src/engine/run.ts'
import { runSteps } from '../../src/engine/runner.ts'
import { sharedAnswers } from '../../src/engine/shared-answers.ts'
import type { AnyStep } from '../../src/engine/step.ts'
import { fakeClock } from '../fake-clock.ts'
import { fakeHost, signal } from '../fake-host.ts'

const everyUnit = 'munge.service slurmctld.service'
const because = 'it is there'

/** A machine that says of each unit at which question it was asked about, with all that was asked. */
function machine(units?: Host['units']) {
  const asked: string[] = []
  const clock = fakeClock()
  const ports: Ports = {
    host: {
      ...fakeHost({}),
      packages: async () => {
        asked.push('packages')
        return new Map()
      },
      units: async (names, until) => {
        asked.push(names.join(' '))
        return (await units?.(names, until)) ?? names.map((name) => ({ name, question: String(asked.length) }))
      },
    },
    perform: async (action) => ({ is: 'done', action }),
    clock,
    random: () => 0,
    emit: () => undefined,
  }
  return { ports, asked, clock }
}

function shared(units?: Host['units']) {
  const { ports, asked, clock } = machine(units)
  const answers = sharedAnswers(ports, ['munge.service', 'slurmctld.service', 'munge.service'], signal)
  return { answers, asked, clock }
}

describe('looks that find nothing to do', () => {
  test('are told of their units by one answer, whoever asks first, in whatever order', async () => {
    const { answers, asked } = shared()
    const [one, other] = [answers.forLook(), answers.forLook()]
    const both = await Promise.all([
      one.host.units(['slurmctld.service'], signal),
      other.host.units(['slurmctld.service', 'munge.service'], signal),
    ])
    expect(both).toEqual([
      [{ name: 'slurmctld.service', question: '1' }],
      [
        { name: 'slurmctld.service', question: '1' },
        { name: 'munge.service', question: '1' },
      ],
    ])
    expect([asked, one.areUsed(), other.areUsed()]).toEqual([[everyUnit], true, true])
  })

  test('ask for themselves about a unit that no step has told of', async () => {
    const { answers, asked } = shared()
    const look = answers.forLook()
    await look.host.units(['munge.service', 'cron.service'], signal)
    expect([asked, look.areUsed()]).toEqual([['munge.service cron.service'], false])
  })

  test('ask dpkg once', async () => {
    const { answers, asked } = shared()
    const look = answers.forLook()
    const packages = await look.host.packages(signal)
    expect(await answers.forLook().host.packages(signal)).toBe(packages)
    expect([asked, look.areUsed()]).toEqual([['packages'], true])
  })

  test('ask for themselves once it is over', async () => {
    const { answers, asked } = shared()
    await answers.forLook().host.units(['munge.service'], signal)
    answers.end()
    const look = answers.forLook()
    await look.host.packages(signal)
    expect(await look.host.units(['munge.service'], signal)).toEqual([{ name: 'munge.service', question: '3' }])
    expect([asked, look.areUsed()]).toEqual([[everyUnit, 'packages', 'munge.service'], false])
  })

  test('and when the answer is 5 s old', async () => {
    const { answers, asked, clock } = shared()
    const { host, areUsed } = answers.forLook()
    await host.units(['munge.service'], signal)
    await clock.until(clock.sleep(5_000, signal))
    await host.units(['munge.service'], signal)
    expect([asked, areUsed()]).toEqual([[everyUnit], true])
    await clock.until(clock.sleep(1, signal))
    const late = answers.forLook()
    await late.host.units(['munge.service'], signal)
    expect([asked, late.areUsed()]).toEqual([[everyUnit, 'munge.service'], false])
  })

  test('and each for itself when the question for all comes to nothing', async () => {
    const { answers, asked } = shared(async (names) => {
      if (names.length > 1) throw new Error('systemctl ended with 1')
      return [{ name: 'mine' }]
    })
    const looks = [answers.forLook(), answers.forLook()]
    const seen = await Promise.all(looks.map(({ host }) => host.units(['munge.service'], signal)))
    expect(seen).toEqual([[{ name: 'mine' }], [{ name: 'mine' }]])
    expect([asked, looks.map(({ areUsed }) => areUsed())]).toEqual([
      [everyUnit, 'munge.service', 'munge.service'],
      [false, false],
    ])
  })

  test('are given up each for itself', async () => {
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Host['units']>>>()
    const { answers, asked } = shared(async () => await promise)
    const stop = new AbortController()
    const first = answers.forLook().host.units(['munge.service'], stop.signal)
    const second = answers.forLook().host.units(['slurmctld.service'], signal)
    stop.abort(new Error('the deadline'))
    await expect(first).rejects.toThrow('the deadline')
    resolve([{ name: 'munge.service' }, { name: 'slurmctld.service' }])
    expect(await second).toEqual([{ name: 'slurmctld.service' }])
    expect(asked).toEqual([everyUnit])
  })
})

describe('a run', () => {
  const converged: Decision = { is: 'converged', because }
  const toDo: Decision = {
    is: 'act',
    actions: [{ do: 'exec', argv: ['systemctl', 'start', 'slurmctld.service'], because }],
  }
  const refuse: Decision = { is: 'refuse', code: 'PACKAGE_MISSING', because, hint: 'install it' }

  /** munge has nothing to do; slurmctld, which comes after it, decides by the number of the question. */
  async function runBy(decide: (question: number) => Decision, mayAct = true) {
    const { ports, asked } = machine()
    const step = (id: string, after: readonly string[], decideStep: (question: number) => Decision): AnyStep => ({
      id,
      title: id,
      after,
      asksAbout: [`${id}.service`],
      deadlineMs: 60_000,
      look: async (host) => {
        const [unit] = await host.units([`${id}.service`], signal)
        return () => decideStep(Number(unit?.['question']))
      },
    })
    const steps = [step('munge', [], () => converged), step('slurmctld', ['munge'], decide)]
    const results = await runSteps(steps, () => mayAct, ports, signal)
    return { asked, result: results.get('slurmctld')?.is }
  }

  test('with nothing to do asks systemd once', async () => {
    expect(await runBy(() => converged)).toEqual({ asked: [everyUnit], result: 'converged' })
  })

  test('does nothing, and refuses nothing, upon what another look was told', async () => {
    const alone = [everyUnit, 'slurmctld.service']
    expect(await runBy((question) => (question === 1 ? refuse : converged))).toEqual({
      asked: alone,
      result: 'converged',
    })
    expect(await runBy(() => refuse)).toEqual({ asked: alone, result: 'refused' })
    expect(await runBy(() => toDo, false)).toEqual({ asked: alone, result: 'pending' })
  })

  test('sees afresh what it has done', async () => {
    expect(await runBy((question) => (question < 3 ? toDo : converged))).toEqual({
      asked: [everyUnit, 'slurmctld.service', 'slurmctld.service'],
      result: 'converged',
    })
  })
})
