import { expect, test } from 'vitest'
import { anyStep, type Step } from '../../src/engine/step.ts'
import { fakeHost, signal } from '../fake-host.ts'

const hostname: Step<{ readonly name: string }, string> = {
  id: 'hostname',
  title: 'Host name',
  after: ['packages'],
  deadlineMs: ({ name }) => name.length,
  observe: async (_config, host) => (await host.read('/etc/hostname')) ?? '',
  decide: ({ name }, seen, past) => ({
    is: 'converged',
    because: `${seen} should be ${name} after ${past.length} tries`,
  }),
}

test('a step with its state closed over still looks, and then concludes', async () => {
  const step = anyStep(hostname, { name: 'front' })
  const decide = await step.look(fakeHost({ files: { '/etc/hostname': 'old' } }), signal)
  expect(decide([])).toEqual({ is: 'converged', because: 'old should be front after 0 tries' })
  expect([step.id, step.title, step.after, step.deadlineMs]).toEqual(['hostname', 'Host name', ['packages'], 5])
})
