// Who gets what: shares, late joiners, slow readers beside fast ones, peers that die and come back. Real peers.

import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { ZmqSink } from '../../../src/carrier/zmq/sender.ts'
import { openSender } from '../../../src/carrier/zmq/sender.ts'
import { type Packet, packet } from '../../../src/packet.ts'
import { parseEndpoint } from '../../../src/url.ts'
import { collect, numbered, type Surroundings, seqs, surroundings, until } from '../../support/carrier.ts'
import { gc } from '../../support/collect-garbage.ts'
import { placeOf, take } from '../../support/zmq.ts'
import { buildPeer, noLibzmq, seqsSeen, startPeer } from '../../support/zmq-peer.ts'

const program = noLibzmq ? undefined : buildPeer(t)
const skip = noLibzmq
const start = (test: Test, ...words: string[]) => startPeer(test, { kind: 'libzmq', program }, ...words)
const expected = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)
const lost = (dropped: Readonly<Record<string, number>>) => Object.values(dropped).reduce((sum, n) => sum + n, 0)

function sinkOf(place: Surroundings, type: 'PUB' | 'PUSH', rest: string): Promise<ZmqSink> {
  const endpoint = parseEndpoint(`zmq+${type.toLowerCase()}:${rest}`)
  return openSender(endpoint, place.context, { type, reject: rejected => place.rejects.push(rejected) })
}

for (const policy of ['block', 'latest', 'drop-oldest', 'drop-newest'] as const) {
  t.test(`two pullers share 10 packets 5 and 5, with ${policy}`, { skip }, async t => {
    for (const batches of [[10], Array(10).fill(1)]) {
      const place = await placeOf(t, 'tcp')
      const writing = surroundings({ policy })
      const sink = await writing.sink(`zmq+push:${place.ours}?listen&peers=2`)
      const pullers = [await start(t, 'PULL', 'connect', place.theirs), await start(t, 'PULL', 'connect', place.theirs)]
      let from = 1
      for (const count of batches) {
        await sink.write(numbered(count, from))
        from += count
      }
      const shares = await Promise.all(pullers.map(puller => puller.recv(5)))
      const [one = [], other = []] = shares.map(seqsSeen)
      t.same(
        [...one, ...other].sort((a, b) => a - b),
        expected(10),
      )
      t.equal(one.length, 5)
      t.ok(
        one.every((seq, index) => index === 0 || seq - (one[index - 1] ?? 0) === 2),
        'in turn',
      )
      await sink.close()
      t.match(writing.ledger.report(), { output: { in: 10, out: 10, dropped: {} } })
    }
  })
}

t.test('20 writers of one packet each: one puller gets 20', { skip }, async t => {
  const place = await placeOf(t, 'tcp')
  const reading = surroundings()
  const reader = collect(reading.source(`zmq+pull:${place.ours}?listen`))
  const writers = await Promise.all(expected(20).map(() => start(t, 'PUSH', 'connect', place.theirs)))
  await Promise.all(writers.map((writer, index) => writer.send(1, index + 1)))
  await Promise.all(writers.map(writer => writer.end()))
  await until(() => reading.ledger.report()['input']?.in === 20)
  reading.stop.abort()
  t.same(
    seqs(await reader).sort((a, b) => Number(a) - Number(b)),
    expected(20),
  )

  const back = await placeOf(t, 'tcp')
  const puller = await start(t, 'PULL', 'bind', back.theirs)
  await Promise.all(
    expected(20).map(async seq => {
      const sink = await surroundings().sink(`zmq+push:${back.ours}`)
      await sink.write(numbered(1, seq))
      await sink.close()
    }),
  )
  t.same(
    seqsSeen(await puller.recv(20)).sort((a, b) => a - b),
    expected(20),
  )
})

t.test('100 times 10 MB, written before the reader reads: some arrive, the last among them', { skip }, async t => {
  const place = await placeOf(t, 'tcp')
  const writing = surroundings({ policy: 'latest' })
  const sink = await sinkOf(writing, 'PUB', `${place.ours}?listen&peers=1`)
  const peer = await start(t, 'SUB', 'connect', place.theirs, 'hwm=1')
  await peer.subscribe()
  const data = Buffer.alloc(10_000_000, 7)
  await sink.write([packet({ seq: 1 }, data)])
  peer.kill('SIGSTOP')
  for (const seq of expected(99, 2)) {
    t.equal(sink.write([packet({ seq }, data)]), undefined)
    await turn()
  }
  const [counts] = Object.values(sink.peers())
  t.equal(counts?.pending, 2, 'one in flight, the newest waits')
  peer.kill('SIGCONT')
  const seen = seqsSeen(await peer.recv(100, 1000))
  t.ok(seen.length > 0 && seen.length < 100, `${seen.length} arrived`)
  t.equal(seen.at(-1), 100)
  await sink.close()
  const { out = 0, dropped = {} } = writing.ledger.report()['output'] ?? {}
  t.equal(out, seen.length)
  t.equal(out + lost(dropped), 100)
})

t.test('the same within one process, without a turn between the packets', async t => {
  const place = await placeOf(t, 'ipc')
  const [writing, reading] = [surroundings({ policy: 'latest' }), surroundings()]
  const sink = await sinkOf(writing, 'PUB', `${place.ours}?listen&peers=1`)
  const packets: Packet[] = []
  const reader = collect(reading.source(`zmq+sub:${place.ours}`), item => packets.push(item))
  const data = Buffer.alloc(10_000_000, 7)
  await sink.write([packet({ seq: 1 }, data)])
  for (const seq of expected(99, 2)) sink.write([packet({ seq }, data)])
  await until(() => packets.at(-1)?.meta['seq'] === 100)
  t.ok(packets.length < 100, `${packets.length} arrived`)
  t.ok(packets.every(item => data.equals(item.data)))
  await sink.close()
  reading.stop.abort()
  await reader
  const { out = 0, dropped = {} } = writing.ledger.report()['output'] ?? {}
  t.equal(out, packets.length)
  t.equal(out + lost(dropped), 100)
})

t.test('a slow reader beside a fast one', { skip }, async t => {
  const place = await placeOf(t, 'tcp')
  const writing = surroundings({ policy: 'drop-oldest', buffer: 1000 })
  const hold = 16 * 2 ** 20
  const size = 2 ** 20
  const sink = await sinkOf(writing, 'PUB', `${place.ours}?listen&peers=2&hold=16MiB`)
  const [fast, slow] = [
    await start(t, 'SUB', 'connect', place.theirs),
    await start(t, 'SUB', 'connect', place.theirs, 'hwm=1'),
  ]
  await fast.subscribe()
  await slow.subscribe()
  const total = 200
  await sink.write(numbered(1))
  const fastSeen = fast.recv(total)
  slow.kill('SIGSTOP')
  const freed = new Set<number>()
  const registry = new FinalizationRegistry<number>(seq => freed.add(seq))
  for (const seq of expected(total - 1, 2)) {
    const data = Buffer.alloc(size, seq)
    registry.register(data.buffer, seq)
    t.equal(sink.write([packet({ seq }, data)]), undefined)
    // The fast one has taken all before the next is written.
    await until(() => Object.values(sink.peers()).some(({ pending }) => pending === 0))
  }
  t.same(seqsSeen(await fastSeen), expected(total), 'the fast one loses nothing')
  const behind = Object.values(sink.peers()).find(({ pending = 0 }) => pending > 0)
  t.ok((behind?.pending ?? 0) * size <= hold + 2 * size, `${behind?.pending} packets of 1 MiB are held`)
  await until(() => {
    gc()
    return freed.size >= total - 1 - hold / size - 2
  })
  slow.kill('SIGCONT')
  const seen = seqsSeen(await slow.recv(total, 1000))
  t.same(seen.slice(-16), expected(16, total - 15), 'the slow one gets the newest')
  for (const { written, sent, dropped = {}, pending } of Object.values(sink.peers())) {
    t.equal(written, total)
    t.equal(pending, 0)
    t.equal((sent ?? 0) + lost(dropped), total)
    t.ok(sent === total || sent === seen.length, 'the counts of both sides agree')
  }
  await sink.close()
  t.match(writing.ledger.report(), { output: { in: total, out: total + seen.length } })
})

t.test('who joins late gets what comes later', { skip }, async t => {
  const place = await placeOf(t, 'ipc')
  const sink = await surroundings().sink(`zmq+pub:${place.ours}?listen&peers=1`)
  const early = await start(t, 'SUB', 'connect', place.theirs)
  await early.subscribe()
  await sink.write(numbered(10))
  t.equal((await early.recv(10)).length, 10)
  const late = await start(t, 'SUB', 'connect', place.theirs)
  await late.subscribe()
  let seq = 11
  let seen: number[] = []
  while (seen.length === 0) {
    await sink.write(numbered(1, seq++))
    seen = seqsSeen(await late.recv(1, 20))
  }
  t.ok((seen[0] ?? 0) > 10)
  await sink.close()
})

t.test('50 readers at once', { skip }, async t => {
  const place = await placeOf(t, 'tcp')
  const writing = surroundings()
  const opening = writing.sink(`zmq+pub:${place.ours}?listen&peers=50`)
  const readers = await Promise.all(expected(50).map(() => start(t, 'SUB', 'connect', place.theirs)))
  await Promise.all(readers.map(reader => reader.subscribe()))
  const sink = await opening
  for (let from = 1; from <= 200; from += 20) await sink.write(numbered(20, from))
  const all = await Promise.all(readers.map(reader => reader.recv(200)))
  for (const seen of all) t.same(seqsSeen(seen), expected(200))
  await sink.close()
  t.match(writing.ledger.report(), { output: { in: 200, out: 50 * 200, dropped: {} } })
})

t.test('a reader that is killed and started again reads on, and the writer never fails', { skip }, async t => {
  for (const [type, theirs] of [
    ['PUB', 'SUB'],
    ['PUSH', 'PULL'],
  ] as const) {
    for (const [how, listen] of [
      ['connect', 'listen&'],
      ['bind', ''],
    ] as const) {
      // A port that nobody listens on for a while could be taken by somebody else.
      const place = await placeOf(t, how === 'bind' ? 'ipc' : 'tcp')
      const writing = surroundings({ policy: 'latest' })
      const sink = await sinkOf(writing, type, `${place.ours}?${listen}peers=1`)
      let seq = 0
      for (let life = 0; life < 3; life++) {
        const peer = await start(t, theirs, how, place.theirs)
        if (theirs === 'SUB') await peer.subscribe()
        const begun = seq
        let seen: number[] = []
        while (seen.length < 3) {
          await sink.write(numbered(1, ++seq))
          seen = [...seen, ...seqsSeen(await peer.recv(1, 5))]
        }
        t.ok(
          seen.every((value, index) => value > (seen[index - 1] ?? begun)),
          `${type}, they ${how}`,
        )
        peer.kill()
      }
      await sink.close()
      for (const { written, sent = 0, dropped = {}, pending = 0 } of Object.values(sink.peers())) {
        t.equal(written, sent + lost(dropped) + pending)
      }
      const { out = 0, dropped = {} } = writing.ledger.report()['output'] ?? {}
      if (type === 'PUSH') t.equal(out + lost(dropped), seq)
    }
  }
})

t.test('a writer that is killed and started again is found', { skip }, async t => {
  for (const [scheme, theirs] of [
    ['zmq+sub', 'PUB'],
    ['zmq+pull', 'PUSH'],
  ] as const) {
    for (const [how, listen] of [
      ['bind', ''],
      ['connect', '?listen'],
    ] as const) {
      const place = await placeOf(t, 'ipc')
      const reading = surroundings()
      const seen: unknown[] = []
      const reader = collect(reading.source(`${scheme}:${place.ours}${listen}`), ({ meta }) => seen.push(meta['seq']))
      for (const life of [1, 2, 3]) {
        const peer = await start(t, theirs, how, place.theirs)
        while (seen.at(-1) !== life) await peer.send(1, life)
        peer.kill()
      }
      reading.stop.abort()
      t.equal((await reader).at(-1)?.meta['seq'], 3, `${theirs}, they ${how}`)
    }
  }
})

t.test('what waits for a puller that dies goes to the others', { skip }, async t => {
  const place = await placeOf(t, 'ipc')
  const writing = surroundings({ policy: 'drop-newest', buffer: 1000 })
  const sink = await sinkOf(writing, 'PUSH', `${place.ours}?listen&peers=2`)
  const [dying, living] = [
    await start(t, 'PULL', 'connect', place.theirs, 'hwm=1'),
    await start(t, 'PULL', 'connect', place.theirs),
  ]
  await sink.write(numbered(2))
  dying.kill('SIGSTOP')
  const seen = living.recv(1000, 1000)
  await sink.write(expected(200, 3).map(seq => packet({ seq }, Buffer.alloc(100_000))))
  await until(() => Object.values(sink.peers()).some(({ pending }) => pending === 0))
  dying.kill('SIGKILL')
  const got = seqsSeen(await seen)
  await sink.close()
  const { out = 0, dropped = {} } = writing.ledger.report()['output'] ?? {}
  t.ok(got.length > 150, `${got.length} of 202`)
  t.equal(new Set(got).size, got.length, 'none twice')
  t.equal(out + lost(dropped), 202)
  t.same(Object.keys(dropped), ['connection broken'])
})

t.test('a source that is left closes its connections', async t => {
  const place = await placeOf(t, 'ipc')
  const writing = surroundings({ policy: 'latest' })
  const sink = await sinkOf(writing, 'PUB', `${place.ours}?listen&peers=1`)
  const reader = take(surroundings().source(`zmq+sub:${place.ours}`), 1)
  await sink.write(numbered(1))
  await reader
  await until(() => sink.present === 0)
  await sink.close()
})
