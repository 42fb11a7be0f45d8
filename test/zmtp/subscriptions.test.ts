// What a subscriber wants: prefixes, asked for and cancelled any number of times, and where it gets too much.

import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { Subscriptions } from '../../src/zmtp/subscriptions.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const bytes = (text: string) => Buffer.from(text, 'latin1')
const wants = (subscriptions: Subscriptions, first: string) => subscriptions.wants([bytes(first), bytes('data')])

t.test('nothing is wanted before it is asked for', async t => {
  const subscriptions = new Subscriptions()
  t.ok(subscriptions.isEmpty)
  t.notOk(wants(subscriptions, ''))
  subscriptions.cancel(bytes('never'))
  t.ok(subscriptions.isEmpty)
})

t.test('the empty prefix wants all, also a message of no bytes', async t => {
  const subscriptions = new Subscriptions()
  subscriptions.subscribe(bytes(''))
  t.ok(subscriptions.all)
  t.ok(wants(subscriptions, ''))
  t.ok(wants(subscriptions, '\xff\0'))
})

t.test('a prefix of any bytes', async t => {
  const subscriptions = new Subscriptions()
  subscriptions.subscribe(Buffer.from('\xff\0a', 'latin1'))
  t.ok(wants(subscriptions, '\xff\0abc'))
  t.ok(wants(subscriptions, '\xff\0a'))
  t.notOk(wants(subscriptions, '\xff\0'))
  t.notOk(wants(subscriptions, '\xfe\0a'))
})

t.test('who asks twice cancels twice', async t => {
  const subscriptions = new Subscriptions()
  subscriptions.subscribe(bytes('a'))
  subscriptions.subscribe(bytes('a'))
  subscriptions.cancel(bytes('a'))
  t.ok(wants(subscriptions, 'ab'))
  subscriptions.cancel(bytes('a'))
  t.notOk(wants(subscriptions, 'ab'))
  t.ok(subscriptions.isEmpty)
})

t.test('too many prefixes, or too long ones, are refused', async t => {
  const many = new Subscriptions()
  t.throws(() => {
    for (let i = 0; i < 100_000; i++) many.subscribe(bytes(`${i}`))
  }, /too many subscriptions/)
  const long = new Subscriptions()
  t.throws(() => {
    for (let i = 0; i < 100; i++) long.subscribe(Buffer.alloc(60_000, i))
  }, /too many subscriptions/)
})

t.test('asking again and again for the same costs nothing', async t => {
  const subscriptions = new Subscriptions()
  for (let i = 0; i < 100_000; i++) subscriptions.subscribe(bytes('same'))
  t.ok(wants(subscriptions, 'same'))
})

t.test('wants what a plain search for prefixes finds', async t => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 5 })
  const same = fc.property(fc.array(fc.tuple(fc.boolean(), text), { maxLength: 40 }), text, (changes, first) => {
    const subscriptions = new Subscriptions()
    const held: string[] = []
    for (const [subscribe, prefix] of changes) {
      if (subscribe) {
        held.push(prefix)
        subscriptions.subscribe(bytes(prefix))
      } else {
        if (held.includes(prefix)) held.splice(held.indexOf(prefix), 1)
        subscriptions.cancel(bytes(prefix))
      }
    }
    return (
      wants(subscriptions, first) === held.some(prefix => first.startsWith(prefix)) &&
      subscriptions.isEmpty === (held.length === 0)
    )
  })
  t.doesNotThrow(() => fc.assert(same))
})

t.test('a prefix that nobody wants any more is not kept by those that begin like it', async t => {
  const subscriptions = new Subscriptions()
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 2000; i++) {
    const [high, low] = [i >> 8, i & 255]
    const long = Buffer.alloc(60_000, 1)
    long.set([high, low])
    subscriptions.subscribe(Uint8Array.of(high, low, 1, 1, 2))
    subscriptions.subscribe(long)
    subscriptions.subscribe(Uint8Array.of(high, low, 1, 1, 3))
    if (i % 2 === 0) subscriptions.subscribe(Uint8Array.of(high, low, 1, 1))
    subscriptions.cancel(long)
    if (i % 4 !== 0) subscriptions.cancel(Uint8Array.of(high, low, 1, 1))
  }
  const kept = () => process.memoryUsage().arrayBuffers - before
  // Memory is given back some time after it was collected.
  for (let tries = 0; tries < 200 && kept() > 2 ** 23; tries++) {
    collect()
    await setTimeout(10)
  }
  t.ok(kept() < 2 ** 23, `${kept()} bytes`)
  t.ok(subscriptions.wants([Uint8Array.of(0, 0, 1, 1, 2, 9)]))
  t.notOk(subscriptions.wants([Uint8Array.of(0, 2, 1, 1, 1, 9)]))
})

t.test('what a message costs does not depend on the prefixes that it does not begin with', async t => {
  const [few, many] = [new Subscriptions(), new Subscriptions()]
  few.subscribe(bytes('topic/wanted'))
  many.subscribe(bytes('topic/wanted'))
  for (let length = 1; length < 2000; length++) many.subscribe(Buffer.alloc(length, 'x'))
  for (let i = 0; i < 50_000; i++) many.subscribe(bytes(`topic/${i}`))
  const message = [Buffer.alloc(3000, 'topic/wander')]
  const time = (subscriptions: Subscriptions) => {
    const times = Array.from({ length: 9 }, () => {
      const start = performance.now()
      for (let i = 0; i < 20_000; i++) if (subscriptions.wants(message)) return Number.NaN
      return performance.now() - start
    })
    return Math.min(...times)
  }
  const [one, other] = [time(few), time(many)]
  t.ok(other < one * 5 + 5, `${one} ms with 1 prefix, ${other} ms with 52,000`)
})
