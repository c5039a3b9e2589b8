import { expect, test } from 'vitest'
import { messageOf } from '../../src/engine/errors.ts'

test.each([
  ['an error', new Error('no route'), 'no route'],
  [
    'its causes',
    new Error('cannot mount', { cause: new Error('no route', { cause: 'EHOSTUNREACH' }) }),
    'cannot mount: no route: EHOSTUNREACH',
  ],
  ['what was thrown without being an error', 'text', 'text'],
  ['undefined', undefined, 'undefined'],
  [
    'several errors in one',
    new AggregateError([new Error('10.0.0.9 refused'), new Error('::1 refused')]),
    '10.0.0.9 refused; ::1 refused',
  ],
  ['several errors with a message', new AggregateError([new Error('a')], 'all failed'), 'all failed'],
])('the message of %s', (_kind, error, message) => {
  expect(messageOf(error)).toBe(message)
})
