// Conditions: how they are written, and how values compare.

import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { parseCondition, valueAt } from '../../src/filter/condition.ts'
import type { Json } from '../../src/packet.ts'

t.test('values compare as numbers where both are, as text otherwise', async t => {
  const cases: readonly (readonly [condition: string, value: Json, holds: boolean])[] = [
    ['a>0', 1, true],
    ['a>0', 0, false],
    ['a>=-3.5', -3.5, true],
    ['a<1e3', 999, true],
    ['a<=9', 10, false],
    ['a==1.0', 1, true],
    ['a!=1', 1, false],
    ['a==1', '1', true],
    ['a==1.0', '1', false],
    ['a<9', '10', true],
    ['a == x y ', 'x y', true],
    ['a!=x', 'y', true],
    ['a==', '', true],
    ['a>=b', 'b', true],
    ['a>b', 'b', false],
    ['a<=b', 'a', true],
    ['a~^S.*1$', 'Sensor-1', true],
    ['a~^S.*1$', 'Sensor-2', false],
    ['a~5', 15, true],
    ['a==b=c', 'b=c', true],
    ['a==true', true, true],
    ['a==null', null, true],
    ['a', null, true],
    ['a', false, true],
    ['a==[1,2]', [1, 2], true],
    ['a==ü', 'ü', true],
  ]
  for (const [text, value, holds] of cases) {
    const condition = parseCondition(text)
    t.equal(condition.field, 'a')
    t.equal(condition.holds(value), holds, `${text} for ${JSON.stringify(value)}`)
    if (value !== null && typeof value === 'object') continue
    const bytes = Buffer.from(`:${JSON.stringify(value)},`)
    t.equal(condition.holdsAt(bytes, 1, bytes.length - 1), holds, `${text} for the bytes of ${JSON.stringify(value)}`)
  }
})

t.test('what is no condition is refused, with what was expected', async t => {
  for (const text of ['', '==1', ' >1', 'a=1', 'a!', 'a~[']) t.throws(() => parseCondition(text), UsageError, text)
  t.throws(() => parseCondition('a=1'), /'a=1' is no condition: expected FIELD, or FIELD == != <= >= < > ~ VALUE/)
})

t.test('a path leads into what is nested, unless a key has the dots itself', async t => {
  const meta = { a: { b: [1, { c: 2 }] }, 'a.b': 3, x: { 'y.z': 4 } }
  t.equal(valueAt(meta, 'a.b'), 3)
  t.equal(valueAt(meta, 'a.b.1.c'), 2)
  t.equal(valueAt(meta, 'a.b.2'), undefined)
  t.equal(valueAt(meta, 'x.y.z'), undefined)
  t.equal(valueAt(meta, 'toString'), undefined)
  t.equal(valueAt(meta, 'a.toString'), undefined)
})
