// A replica: deltas in order, late, doubled, missing; publishers that begin anew; random loss that heals.

import t from 'tap'
import type { Json } from '../../src/packet.ts'
import { randomStream } from '../../src/random.ts'
import { Dataset, type Delta, type Snapshot, type Update } from '../../src/topic/dataset.ts'
import { PATIENCE_MS, Replica } from '../../src/topic/replica.ts'

const snapshot = (seq: number | null, rows: readonly Json[], epoch = 'e'): Snapshot => ({
  kind: 'snapshot',
  epoch,
  seq,
  rows,
})
const delta = (seq: number | null, inserts: readonly Json[], deletes: readonly Json[] = [], epoch = 'e'): Delta => ({
  kind: 'delta',
  epoch,
  seq,
  inserts,
  deletes,
})
const heartbeat = (seq: number, epoch = 'e'): Update => ({ kind: 'heartbeat', epoch, seq })

t.test(
  '0 is the snapshot, 1 is applied, 3 is held; after 10 s a snapshot is wanted, and then the state is that',
  async t => {
    const replica = new Replica(0)
    t.same(replica.take(snapshot(0, ['a']), 0), [snapshot(0, ['a'])])
    t.same(replica.take(delta(1, ['b']), 1), [delta(1, ['b'])])
    t.same(replica.take(delta(3, ['d'], ['a']), 2), [])
    t.same(replica.rows, ['a', 'b'])
    t.equal(replica.held, 1)
    t.notOk(replica.isCurrent)
    t.notOk(replica.wantsSnapshot(2 + PATIENCE_MS - 1))
    t.ok(replica.wantsSnapshot(2 + PATIENCE_MS))
    t.notOk(replica.wantsSnapshot(3 + PATIENCE_MS), 'it is asked for once')
    t.ok(replica.wantsSnapshot(2 + 2 * PATIENCE_MS), 'and again where none came')
    replica.take(snapshot(3, ['b', 'c', 'd']), 30_000)
    t.same(replica.rows, ['b', 'c', 'd'])
    t.ok(replica.isCurrent)
    t.equal(replica.held, 0)
  },
)

t.test('what was missing comes late, and what was held follows it', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(0, []), 0)
  t.same(replica.take(delta(3, ['c']), 1), [])
  t.same(replica.take(delta(2, ['b']), 2), [])
  t.same(replica.take(delta(1, ['a']), 3), [delta(1, ['a']), delta(2, ['b']), delta(3, ['c'])])
  t.ok(replica.isCurrent)
  t.notOk(replica.wantsSnapshot(9000))
})

t.test('deltas that come before the first snapshot are kept for it', async t => {
  const replica = new Replica(0)
  t.same(replica.take(delta(4, ['d']), 1), [])
  t.same(replica.take(delta(5, ['e']), 2), [])
  t.same(replica.take(snapshot(4, ['c', 'd']), 3), [snapshot(4, ['c', 'd']), delta(5, ['e'])])
  t.same(replica.rows, ['c', 'd', 'e'])
})

t.test('what came already is dropped: deltas, and snapshots that are late', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(0, []), 0)
  replica.take(delta(1, ['a']), 1)
  t.same(replica.take(delta(1, ['z']), 2), [])
  t.same(replica.take(snapshot(0, ['old']), 3), [])
  t.same(replica.take(snapshot(1, ['a']), 3), [])
  t.same(replica.rows, ['a'])
})

t.test('a lost last update is missed by the next heartbeat', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(0, []), 0)
  t.ok(replica.isCurrent)
  replica.take(heartbeat(1), 1000)
  t.notOk(replica.isCurrent)
  for (let now = 2000; now < 11_000; now += 1000) replica.take(heartbeat(1), now)
  t.ok(replica.wantsSnapshot(11_000))
  replica.take(heartbeat(1), 11_500)
  replica.take(snapshot(1, ['a']), 12_000)
  t.ok(replica.isCurrent)
  t.same(replica.rows, ['a'])
})

t.test('a heartbeat that knows no more settles it', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(0, []), 0)
  t.ok(replica.wantsSnapshot(PATIENCE_MS), 'nothing was heard')
  t.notOk(replica.isCurrent)
  replica.take(heartbeat(0), PATIENCE_MS + 1)
  t.ok(replica.isCurrent)
})

t.test('a publisher that began anew is believed from its snapshot on', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(0, []), 0)
  for (let seq = 1; seq <= 7; seq++) replica.take(delta(seq, [seq]), seq)
  t.same(replica.take(delta(2, ['x'], [], 'new'), 10), [])
  t.ok(replica.wantsSnapshot(10), 'at once')
  replica.take(delta(3, ['y'], [], 'new'), 11)
  t.notOk(replica.wantsSnapshot(11), 'once for each life of it')
  replica.take(snapshot(3, ['w', 'x', 'y'], 'new'), 12)
  replica.take(delta(4, ['z'], [], 'new'), 13)
  t.same(replica.rows, ['w', 'x', 'y', 'z'])
  t.ok(replica.isCurrent)
})

t.test('without an epoch, a publisher begins anew at 0', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(0, [], ''), 0)
  replica.take(delta(1, ['a'], [], ''), 1)
  replica.take(delta(3, ['c'], [], ''), 2)
  t.same(replica.take(snapshot(0, ['n'], ''), 3), [snapshot(0, ['n'], '')])
  t.equal(replica.held, 0)
  t.same(replica.rows, ['n'])
  t.same(replica.take(delta(1, ['o'], [], ''), 4), [delta(1, ['o'], [], '')])
})

t.test('without numbers, all is taken as it comes', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(null, [42]), 0)
  replica.take(delta(null, [43], [42]), 1)
  t.same(replica.rows, [43])
  t.ok(replica.isCurrent)
})

t.test('deltas are held within a bound', async t => {
  const replica = new Replica(0)
  replica.take(snapshot(0, []), 0)
  for (let seq = 2; seq < 5000; seq++) replica.take(delta(seq, [seq]), 1)
  t.ok(replica.held <= 1024)
  t.ok(replica.wantsSnapshot(1), 'it is no use to wait')
})

for (const seed of ['1', '2', '3']) {
  t.test(`updates are lost, doubled and late at random, and the end is the same, seed ${seed}`, async t => {
    const random = randomStream(seed, 'replica')
    const dataset = new Dataset('one')
    const replica = new Replica(0)
    const late: Update[] = [dataset.snapshot()]
    let now = 0
    const send = (update: Update) => {
      if (random.fraction() < 0.1) return
      late.push(update)
      if (random.fraction() < 0.1) late.push(update)
      while (late.length > random.integer(0, 3)) {
        const [next] = late.splice(random.integer(0, late.length - 1), 1)
        if (next) replica.take(next, now)
      }
      if (replica.wantsSnapshot(now)) late.push(dataset.snapshot())
    }
    for (let step = 0; step < 2000; step++) {
      now += random.integer(0, 500)
      const rows = Array.from({ length: random.integer(0, 8) }, () => random.integer(0, 12))
      const change = dataset.publish(rows)
      if (change) send(change)
      else send(dataset.heartbeat())
    }
    for (let step = 0; step < 100; step++) {
      now += 1000
      send(dataset.heartbeat())
    }
    t.same(replica.rows.toSorted(), dataset.snapshot().rows.toSorted())
    t.ok(replica.isCurrent)
  })
}
