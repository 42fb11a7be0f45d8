// The simulated network: its limit, its fairness, its policies, its order and its faults.

import t from 'tap'
import { labels, messages, testNetwork } from '../support/network.ts'

t.test('at latency 0 whole runs of messages pass untouched', async t => {
  const { network, count } = testNetwork(1)
  const run = messages(0, 0, 100)
  network.offer(run)
  const [piece, ...others] = network.take(0, 512)
  t.equal(piece?.bytes, run.bytes)
  t.equal(others.length, 0)
  t.equal(count.out, 100)
  t.equal(count.peak, 5, 'the limit is what could be in flight at one moment')
})

t.test('a busy output never leaves more than the limit in flight', async t => {
  for (const policy of ['block', 'drop-oldest', 'drop-newest', 'latest'] as const) {
    const { network, count } = testNetwork(5, { policy, buffer: 20 })
    let taken = 0
    for (let round = 0; round < 50; round++) {
      for (let sensor = 0; sensor < 5; sensor++) network.offer(messages(sensor, round * 3, 3))
      network.hold(round)
      network.hold(round)
      const arrived = labels(network.take(round, 5)).filter(label => !label.startsWith('gap'))
      taken += arrived.length
      t.ok(arrived.length <= 5, `${policy}: ${arrived.length} at once`)
    }
    t.equal(count.peak, 5, policy)
    t.equal(count.out, taken, policy)
  }
})

t.test('with latency a message takes its time, and only five are on their way', async t => {
  const { network, count } = testNetwork(2, { latency: 10 })
  network.offer(messages(0, 0, 6))
  network.offer(messages(1, 0, 6))
  t.same(labels(network.take(0, 512)), [])
  t.equal(network.due, 10)
  t.same(labels(network.take(9.9, 512)), [])
  t.same(labels(network.take(10, 512)), ['S0:0', 'S1:0', 'S0:1', 'S1:1', 'S0:2'])
  t.equal(network.due, 20, 'the next five left when there was room')
  t.same(labels(network.take(20, 512)), ['S1:2', 'S0:3', 'S1:3', 'S0:4', 'S1:4'])
  t.equal(count.peak, 5)
})

t.test('no sensor waits for more than one turn of each other', async t => {
  const { network } = testNetwork(5)
  network.offer(messages(0, 0, 1000))
  for (let sensor = 1; sensor < 5; sensor++) network.offer(messages(sensor, 0, 2))
  const order = [0, 1].flatMap(() => labels(network.take(0, 5)))
  t.same(order, ['S0:0', 'S1:0', 'S2:0', 'S3:0', 'S4:0', 'S0:1', 'S1:1', 'S2:1', 'S3:1', 'S4:1'])
})

t.test('a large batch is shared fairly, and what one sensor leaves the others take', async t => {
  const { network } = testNetwork(3)
  network.offer(messages(0, 0, 500))
  network.offer(messages(1, 0, 500))
  network.offer(messages(2, 0, 10))
  const counts = new Map<string, number>()
  for (const label of labels(network.take(0, 300))) {
    const name = label.slice(0, 2)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  t.same(
    [...counts],
    [
      ['S0', 190],
      ['S1', 100],
      ['S2', 10],
    ],
  )
})

t.test('block: a full queue asks its sensor to wait, and only that sensor', async t => {
  const { network, count } = testNetwork(2, { buffer: 10 })
  network.offer(messages(0, 0, 10))
  t.ok(network.full(0))
  t.notOk(network.full(1))
  network.take(0, 4)
  t.notOk(network.full(0))
  t.equal(count.lost, 0)
})

t.test('drop-oldest, drop-newest and latest drop what they say, count it and announce it', async t => {
  const run = (policy: 'drop-oldest' | 'drop-newest' | 'latest') => {
    const { network, count } = testNetwork(1, { policy, buffer: 3 })
    network.offer(messages(0, 0, 2))
    network.offer(messages(0, 2, 4))
    network.offer(messages(0, 6, 1))
    network.end(0)
    return { order: labels(network.take(0, 512)), dropped: count.dropped.get('overflow'), done: network.done }
  }
  t.same(run('drop-oldest'), { order: ['gap S0:0-3 (4)', 'S0:4', 'S0:5', 'S0:6'], dropped: 4, done: true })
  t.same(run('drop-newest'), { order: ['S0:0', 'S0:1', 'S0:2', 'gap S0:3-6 (4)'], dropped: 4, done: true })
  t.same(run('latest'), { order: ['gap S0:0-5 (6)', 'S0:6'], dropped: 6, done: true })
})

t.test('in order, messages travel by their time, then by sensor, whenever they come', async t => {
  const { network } = testNetwork(2, { ordered: true })
  network.offer(messages(1, 0, 3, { time: 0, step: 10 }))
  t.same(labels(network.take(Infinity, 512)), [], 'sensor 0 may still come before')
  network.offer(messages(0, 0, 2, { time: 0, step: 15 }))
  network.promise(0, 30)
  t.same(labels(network.take(Infinity, 512)), ['S0:0', 'S1:0', 'S1:1', 'S0:1', 'S1:2'])
  network.offer(messages(1, 3, 1, { time: 30 }))
  t.same(labels(network.take(Infinity, 512)), [], 'sensor 0 may have a message of that time, too')
  network.end(0)
  t.same(labels(network.take(Infinity, 512)), ['S1:3'])
})

t.test('in order, latency and arrival do not depend on when messages come to the door', async t => {
  const arrival = (late: boolean) => {
    const { network } = testNetwork(2, { ordered: true, latency: 25, limit: 2, fault: 'delay=30%:40ms,drop=10%' })
    const order: string[] = []
    const offers = [0, 1].map(sensor => () => {
      network.offer(messages(sensor, 0, 50, { time: sensor, step: 10 }))
      network.end(sensor)
    })
    for (const offer of late ? offers.reverse() : offers) {
      offer()
      if (late) order.push(...labels(network.take(Infinity, 512)))
    }
    while (!network.done) order.push(...labels(network.take(Infinity, 7)))
    return order
  }
  t.same(arrival(true), arrival(false))
})

t.test('after the total nothing more is taken', async t => {
  const { network } = testNetwork(2, { total: 7 })
  network.offer(messages(0, 0, 100))
  network.offer(messages(1, 0, 100))
  t.equal(labels(network.take(0, 512)).length, 7)
  t.ok(network.satisfied)
  t.ok(network.done)
})

t.test('each fault does what its name says and is counted as injected, not as lost', async t => {
  const run = (fault: string, total = 1000) => {
    const { network, count, injected } = testNetwork(1, { fault, ordered: true, total })
    network.offer(messages(0, 0, 1000, { time: 0, step: 10 }))
    network.end(0)
    const order: string[] = []
    while (!network.done) order.push(...labels(network.take(Infinity, 512)))
    t.equal(count.lost, 0)
    return { order, injected: Object.fromEntries(injected.injected) }
  }
  const all = Array.from({ length: 1000 }, (_, seq) => `S0:${seq}`)

  const dropped = run('drop=10%')
  t.equal(1000 - dropped.order.length, dropped.injected['drop'])
  t.ok(dropped.order.length > 850 && dropped.order.length < 950)

  const doubled = run('duplicate=100%', 3)
  t.same(doubled, { order: ['S0:0', 'S0:0', 'S0:1', 'S0:1', 'S0:2', 'S0:2'], injected: { duplicate: 3 } })

  const delayed = run('delay=1/10:15ms')
  t.notSame(delayed.order, all)
  t.same([...delayed.order].sort(), [...all].sort(), 'nothing is missing')

  const cut = run('disconnect=1/500:100ms')
  t.equal(1000 - cut.order.length, cut.injected['disconnect'])
  t.equal((cut.injected['disconnect'] ?? 0) % 10, 0, 'ten messages are due within 100 ms')
})
