// The targets of several patterns together.

import t from 'tap'
import { Bound } from '../../src/topic/bound.ts'
import { MergedTargets, mergeTargets } from '../../src/topic/merged-targets.ts'

function boundOf(...targets: readonly (readonly [target: string, order: number])[]): Bound<string> {
  const bound = new Bound<string>()
  for (const [target, order] of targets) bound.add(target, order)
  return bound
}

t.test('each is there once, at its first binding; few or many', async t => {
  for (const count of [3, 100]) {
    const odd = new Bound<number>()
    const all = new Bound<number>()
    for (let order = 0; order < count; order++) {
      if (order % 2 === 1) odd.add(order, order)
      all.add(order, count + order)
    }
    const numbers = Array.from({ length: count }, (_, index) => index)
    const expected = [...numbers.filter(number => number % 2 === 1), ...numbers.filter(number => number % 2 === 0)]
    t.same(mergeTargets([all, odd]), expected)
  }
})

t.test('the same combination gives the same array until one of it changes', async t => {
  const merged = new MergedTargets<string>()
  const a = boundOf(['x', 0])
  const b = boundOf(['y', 1])
  const c = boundOf(['z', 2])
  const both = merged.of([a, b])
  t.same(both, ['x', 'y'])
  t.same(merged.of([a, c]), ['x', 'z'])
  t.equal(merged.of([a, b]), both)
  b.add('w', 3)
  t.same(merged.of([a, b]), ['x', 'y', 'w'])
  b.remove('w')
  t.same(merged.of([a, b]), ['x', 'y'])
})

t.test('it says when it is full, and can be emptied', async t => {
  const merged = new MergedTargets<string>(100)
  const a = boundOf(['x', 0])
  for (let index = 0; !merged.isFull && index < 100; index++) merged.of([a, boundOf([`y${index}`, index + 1])])
  t.ok(merged.isFull)
  merged.clear()
  t.notOk(merged.isFull)
  t.same(merged.of([a, boundOf(['y', 1])]), ['x', 'y'])
})
