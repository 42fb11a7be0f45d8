import t from 'tap'
import { Outbox, type Wire } from '../../src/bus/outbox.ts'
import { packetRun, Run } from '../../src/bus/run.ts'
import { packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'

class FakeWire implements Wire {
  waiting = 0
  takes = true
  written = ''
  write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      this.written += Buffer.from(chunk).toString()
      if (!this.takes) this.waiting += chunk.length
    }
  }
}

function line(n: number): Run {
  const buffer = Buffer.from(`{"n":${n}}\n`)
  return new Run('lines', buffer, { start: 0, end: buffer.length, packets: 1 })
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `{"n":${from + i}}\n`).join('')

t.test('while the connection takes all, all goes out with the flush', async t => {
  const wire = new FakeWire()
  const outbox = new Outbox(wire, new StageCount())
  outbox.push(line(1))
  outbox.push(line(2))
  t.equal(wire.written, '')
  outbox.flush()
  t.equal(wire.written, lines(1, 2))
  t.same(outbox.counts, { written: 2, sent: 2, dropped: {}, pending: 0 })
})

t.test('once it takes no more, what comes waits, by the policy', async t => {
  const wire = new FakeWire()
  const total = new StageCount()
  const outbox = new Outbox(wire, total)
  outbox.bounds = { policy: 'drop-oldest', packets: 2, bytes: 1e6 }
  wire.takes = false
  for (let n = 1; n <= 5; n++) {
    outbox.push(line(n))
    outbox.flush()
  }
  t.equal(wire.written, lines(1, 1), 'one write at a time')
  t.same(outbox.counts, { written: 5, sent: 0, dropped: { overflow: 2 }, pending: 3 })
  t.same(total.report().dropped, { overflow: 2 })
  wire.takes = true
  wire.waiting = 0
  outbox.flush()
  t.equal(wire.written, `${lines(1, 1)}{"gap":{"lost":2,"reason":"overflow","stage":"broker"}}\n${lines(4, 5)}`)
  t.same(outbox.counts, { written: 5, sent: 3, dropped: { overflow: 2 }, pending: 0 })
})

t.test('one that blocks is jammed until half of it is gone, and loses nothing', async t => {
  const wire = new FakeWire()
  const outbox = new Outbox(wire, new StageCount())
  outbox.bounds = { policy: 'block', packets: 4, bytes: 1e6 }
  wire.takes = false
  outbox.push(line(0))
  outbox.flush()
  wire.waiting = 2 ** 21
  for (let n = 1; n <= 4; n++) outbox.push(line(n))
  t.ok(outbox.isJammed)
  let room = 0
  outbox.onRoom(() => room++)
  outbox.flush()
  t.equal(room, 0)
  wire.waiting = 0
  outbox.flush()
  t.same([room, outbox.isJammed, wire.written], [1, false, lines(0, 4)])
})

t.test('whoever waits for room is let go when the client leaves', async t => {
  const wire = new FakeWire()
  const outbox = new Outbox(wire, new StageCount())
  let room = 0
  outbox.onRoom(() => room++)
  outbox.close()
  outbox.push(line(1))
  outbox.flush()
  t.same([room, wire.written], [1, ''])
})

t.test('words go after packets that wait, and somebody who reads none is found out', async t => {
  const wire = new FakeWire()
  const outbox = new Outbox(wire, new StageCount())
  outbox.push(line(1))
  t.ok(outbox.tell(packetRun('lines', packet({ broker: { pong: 1 } }), 0)))
  outbox.flush()
  t.equal(wire.written, `${lines(1, 1)}{"broker":{"pong":1}}\n`)
  wire.waiting = 1
  const pong = packetRun('lines', packet({ broker: { pong: 'x'.repeat(2 ** 20) } }), 0)
  let told = 0
  while (outbox.tell(pong)) told++
  t.equal(told, 15)
})
