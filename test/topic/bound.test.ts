// The targets of one pattern and of several.

import t from 'tap'
import { Bound } from '../../src/topic/bound.ts'

t.test('one target, then many, then none', async t => {
  const bound = new Bound<string>()
  t.ok(bound.isEmpty)
  t.ok(bound.add('a', 0))
  t.notOk(bound.add('a', 1))
  t.same(bound.targets, ['a'])
  t.ok(bound.add('b', 2))
  t.same(bound.targets, ['a', 'b'])
  t.equal(bound.targets, bound.targets, 'the same array until something changes')
  t.equal(bound.remove('a'), 1)
  t.equal(bound.remove('a'), 0)
  t.equal(bound.remove('a'), undefined)
  t.same(bound.targets, ['b'])
  t.equal(bound.removeAll('b'), 1)
  t.equal(bound.removeAll('b'), 0)
  t.ok(bound.isEmpty)
  t.same(bound.targets, [])
})

t.test('a target that comes back is the last', async t => {
  const bound = new Bound<string>()
  for (const [order, target] of ['a', 'b', 'c'].entries()) bound.add(target, order)
  bound.remove('a')
  bound.add('a', 3)
  t.same(bound.targets, ['b', 'c', 'a'])
})

t.test('its number changes with its targets, and is that of no other', async t => {
  const bound = new Bound<string>()
  bound.add('a', 0)
  const { state } = bound
  bound.add('a', 1)
  t.equal(bound.state, state)
  bound.add('b', 2)
  t.not(bound.state, state)
  t.not(new Bound<string>().state, bound.state)
})
