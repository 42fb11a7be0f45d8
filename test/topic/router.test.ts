// The router: RabbitMQ's tables, random patterns against a plain matcher, bindings that come and go, the cache.

import t from 'tap'
import { randomStream } from '../../src/random.ts'
import { wordsOf } from '../../src/topic/address.ts'
import { Router } from '../../src/topic/router.ts'
import {
  COVERED,
  NOT_COVERED,
  plainlyCovers,
  RABBIT_BINDINGS,
  RABBIT_MATCHES,
  RABBIT_REMOVED,
  randomAddress,
  TUTORIAL_BINDINGS,
  TUTORIAL_MATCHES,
} from '../support/topic.ts'

t.test("RabbitMQ's own table", async t => {
  const router = new Router<number>()
  for (const [index, pattern] of RABBIT_BINDINGS.entries()) router.bind(pattern, index + 1)
  for (const [address, expected] of RABBIT_MATCHES) t.same(router.match(address), expected, address)
  for (const number of RABBIT_REMOVED) t.ok(router.unbind(RABBIT_BINDINGS[number - 1] ?? '', number))
  for (const [address, expected] of RABBIT_MATCHES) {
    const left = expected.filter(number => !RABBIT_REMOVED.includes(number))
    t.same(router.match(address), left, `${address} after some were removed`)
  }
  for (const [index, pattern] of RABBIT_BINDINGS.entries()) router.unbind(pattern, index + 1)
  for (const [address] of RABBIT_MATCHES) t.same(router.match(address), [], `${address} after all were removed`)
  t.equal(router.size, 0)
})

t.test("the tutorial's table: a target once, however many of its bindings match", async t => {
  const router = new Router<string>()
  for (const [queue, pattern] of TUTORIAL_BINDINGS) router.bind(pattern, queue)
  for (const [address, expected] of TUTORIAL_MATCHES) t.same(router.match(address), expected, address)
})

t.test('pairs', async t => {
  for (const [pattern, address] of [...COVERED, ...NOT_COVERED]) {
    const router = new Router<string>()
    router.bind(pattern, 'me')
    const expected = COVERED.some(([a, b]) => a === pattern && b === address) ? ['me'] : []
    t.same(router.match(address), expected, `${pattern} and ${address}`)
  }
})

/** The same by a list of bindings, each tried. */
class PlainRouter {
  readonly #bindings: {
    readonly pattern: string
    readonly words: readonly string[]
    readonly target: string
    count: number
  }[] = []

  bind(pattern: string, target: string): void {
    const known = this.#bindings.find(one => one.pattern === pattern && one.target === target)
    if (known) known.count++
    else this.#bindings.push({ pattern, words: wordsOf(pattern), target, count: 1 })
  }

  unbind(pattern: string, target: string): boolean {
    const index = this.#bindings.findIndex(one => one.pattern === pattern && one.target === target)
    const known = this.#bindings[index]
    if (!known) return false
    if (--known.count === 0) this.#bindings.splice(index, 1)
    return true
  }

  unbindAll(target: string): void {
    for (const binding of this.#bindings.filter(one => one.target === target)) {
      this.#bindings.splice(this.#bindings.indexOf(binding), 1)
    }
  }

  match(address: string): readonly string[] {
    const expected = wordsOf(address)
    const found = this.#bindings.filter(({ words }) => plainlyCovers(words, expected))
    return [...new Set(found.map(({ target }) => target))]
  }

  get size(): number {
    return this.#bindings.reduce((sum, { count }) => sum + count, 0)
  }
}

for (const seed of ['1', '2', '3', '4']) {
  t.test(`random bindings that come and go, seed ${seed}`, async t => {
    const random = randomStream(seed, 'router')
    const router = new Router<string>()
    const plain = new PlainRouter()
    let differences = 0
    for (let step = 0; step < 4000 && differences === 0; step++) {
      const pattern = randomAddress(random, ['a', 'b', '*', '#', '', 'a*'], 5)
      const target = `t${random.integer(1, 12)}`
      const act = random.integer(0, 99)
      if (act < 30) for (const one of [router, plain]) one.bind(pattern, target)
      else if (act < 60) {
        if (router.unbind(pattern, target) !== plain.unbind(pattern, target)) differences++
      } else if (act < 61) for (const one of [router, plain]) one.unbindAll(target)
      for (let look = 0; look < 3; look++) {
        const address = randomAddress(random, ['a', 'b', '', 'a*'], 5)
        const found = router.match(address)
        const expected = plain.match(address)
        if (found.join() === expected.join()) continue
        differences++
        t.same(found, expected, `step ${step}, ${address}`)
      }
    }
    t.equal(differences, 0)
    t.equal(router.size, plain.size)
    for (let number = 1; number <= 12; number++) router.unbindAll(`t${number}`)
    t.equal(router.size, 0)
  })
}

t.test('a binding made twice has to be undone twice', async t => {
  for (const pattern of ['a.b', 'a.*']) {
    const router = new Router<string>()
    router.bind(pattern, 'x')
    router.bind(pattern, 'x')
    t.equal(router.size, 2)
    t.same(router.match('a.b'), ['x'])
    t.ok(router.unbind(pattern, 'x'))
    t.same(router.match('a.b'), ['x'])
    t.ok(router.unbind(pattern, 'x'))
    t.same(router.match('a.b'), [])
    t.notOk(router.unbind(pattern, 'x'))
  }
})

t.test('targets come in order of binding, and again at the end when they come back', async t => {
  const router = new Router<string>()
  router.bind('a.*', 'first')
  router.bind('a.b', 'second')
  router.bind('#', 'third')
  router.bind('*.b', 'first')
  t.same(router.match('a.b'), ['first', 'second', 'third'])
  router.unbind('a.*', 'first')
  t.same(router.match('a.b'), ['second', 'third', 'first'])
})

t.test('the patterns of a target', async t => {
  const router = new Router<string>()
  router.bind('a.b', 'x')
  t.same(router.patternsOf('x'), ['a.b'])
  router.bind('#.c', 'x')
  router.bind('a.b', 'x')
  t.same(router.patternsOf('x'), ['a.b', '#.c'])
  router.unbindAll('x')
  t.same(router.patternsOf('x'), [])
  t.equal(router.size, 0)
})

t.test('a bind or unbind changes what it concerns, and leaves the rest in the cache', async t => {
  const router = new Router<string>()
  router.bind('a.*', 'x')
  router.bind('b.*', 'y')
  const a = router.match('a.1')
  const b = router.match('b.1')
  router.bind('b.1', 'z')
  router.bind('b.#', 'w')
  t.equal(router.match('a.1'), a)
  t.same(router.match('b.1'), ['y', 'z', 'w'])
  t.same(b, ['y'], 'what was given out stays as it was')
  router.unbindAll('w')
  t.equal(router.match('a.1'), a)
  t.same(router.match('b.1'), ['y', 'z'])
})

t.test('addresses that reach the same targets one after the other are given the same array', async t => {
  const router = new Router<string>()
  router.bind('a.*', 'x')
  t.equal(router.match('a.1'), router.match('a.2'))
  router.bind('#', 'y')
  t.equal(router.match('a.3'), router.match('a.4'))
})

t.test('a pattern of many wildcards costs no more than its words times those of the address', async t => {
  const router = new Router<string>()
  router.bind(`${'#.*.'.repeat(60)}b`, 'x')
  t.same(router.match(`${'a.'.repeat(120)}a`), [])
})

t.test('a million bindings on one target, and one look-up among them', async t => {
  const router = new Router<string>()
  for (let index = 0; index < 500_000; index++) {
    router.bind(`site.${index}.temperature`, 'node')
    router.bind(`site.${index}.*`, 'node')
  }
  router.bind('site.499999.temperature', 'other')
  t.equal(router.size, 1_000_001)
  t.same(router.match('site.499999.temperature'), ['node', 'other'])
  t.same(router.match('site.77.pressure'), ['node'])
  t.same(router.match('site.500000.pressure'), [])
  router.unbindAll('node')
  t.equal(router.size, 1)
  t.same(router.match('site.499999.temperature'), ['other'])
})
