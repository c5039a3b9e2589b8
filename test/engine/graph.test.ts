import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inOrder } from '../../src/engine/graph.ts'

const step = (id: string, ...after: string[]) => ({ id, after })

describe('the graph of steps', () => {
  test('puts each after all that it names', () => {
    const steps = [step('export', 'volume', 'packages'), step('volume', 'packages'), step('packages')]
    expect(inOrder(steps).map(({ id }) => id)).toEqual(['packages', 'volume', 'export'])
  })

  test('keeps the order of the list where nothing else asks for another', () => {
    expect(inOrder([step('b'), step('a'), step('c', 'b')]).map(({ id }) => id)).toEqual(['b', 'a', 'c'])
  })

  test.each([
    ['a circle', [step('a', 'b'), step('b', 'c'), step('c', 'a')], 'steps wait for each other: a -> b -> c -> a'],
    ['a step that waits for itself', [step('a', 'a')], 'steps wait for each other: a -> a'],
    ['a name that is no step', [step('a', 'b')], 'step a comes after b, which is no step'],
    ['an id that is there twice', [step('a'), step('b'), step('a')], 'two steps have the id a'],
  ])('refuses %s', (_mistake, steps, message) => {
    expect(() => inOrder(steps)).toThrow(new Error(message))
  })

  test('names only the circle, not the way to it', () => {
    expect(() => inOrder([step('way', 'a'), step('a', 'b'), step('b', 'a')])).toThrow(
      new Error('steps wait for each other: a -> b -> a'),
    )
  })

  test('orders any graph without circles, whatever the order of the list', () => {
    fc.assert(
      fc.property(acyclic(), (steps) => {
        const ids = inOrder(steps).map(({ id }) => id)
        expect(ids.toSorted()).toEqual(steps.map(({ id }) => id).toSorted())
        for (const { id, after } of steps) {
          for (const before of after) expect(ids.indexOf(before)).toBeLessThan(ids.indexOf(id))
        }
      }),
    )
  })
})

/** Steps that name only earlier ones, shuffled. */
function acyclic() {
  return fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 })
    .map((picks) =>
      picks.map((pick, index) => step(`s${index}`, ...new Set(index === 0 ? [] : pick.map((at) => `s${at % index}`)))),
    )
    .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length }))
}
