// Ids: their form, their order and their reproducibility.

import t from 'tap'
import { makeIds, systemRandom, uuid7 } from '../src/id.ts'

/** A generator with a seed, good enough to tell two seeds apart (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

t.test('the form is that of RFC 9562: time, version 7, variant', async t => {
  // The example of the RFC, appendix A.6: 2022-02-22T19:22:22Z, rand_a CC3.
  const id = uuid7(1645557742000, 0xcc3, () => 0)
  t.equal(id, '017f22e2-79b0-7cc3-8000-000000000000')
  t.match(uuid7(Date.now(), 0, systemRandom()), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

t.test('ids rise strictly, within a millisecond and when the clock steps back', async t => {
  const clock = [5000, 5000, 4000, 5001]
  let reads = 0
  const next = makeIds({ now: () => clock[Math.floor(reads++ / 5000)] ?? 5002 })
  let last = ''
  let rising = 0
  for (let index = 0; index < 25_000; index++) {
    const id = next()
    if (id > last) rising++
    last = id
  }
  t.equal(rising, 25_000)
})

t.test('the same seed and clock give the same ids, another seed others', async t => {
  const make = (seed: number) => makeIds({ random: seeded(seed), now: () => 1000 })
  const [one, same, other] = [make(1), make(1), make(2)]
  for (let index = 0; index < 10; index++) {
    const id = one()
    t.equal(same(), id)
    t.not(other(), id)
  }
})
