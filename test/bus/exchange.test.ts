import t from 'tap'
import { Exchange, type Inbox, type Jam } from '../../src/bus/exchange.ts'
import { Outbox } from '../../src/bus/outbox.ts'
import { Run } from '../../src/bus/run.ts'
import { Envelope } from '../../src/codec/envelope.ts'
import { StageCount } from '../../src/stream/ledger.ts'

const envelope = new Envelope()

function inbox(): Inbox & { readonly got: string[]; full: boolean } {
  const got: string[] = []
  const wire = {
    full: false,
    get waiting() {
      return this.full ? 1e9 : 0
    },
    write: (chunks: readonly Uint8Array[]) => void got.push(...chunks.map(chunk => Buffer.from(chunk).toString())),
  }
  const outbox = new Outbox(wire, new StageCount())
  return {
    outbox,
    got,
    get full() {
      return wire.full
    },
    set full(full) {
      wire.full = full
    },
  }
}

function publish(exchange: Exchange, topic: string) {
  const buffer = Buffer.from(`{"topic":"${topic}"}\n`)
  envelope.scan(buffer, 0, buffer.length - 1)
  const { route } = exchange.topics.get(buffer, envelope)
  const full = new Set<Jam>()
  exchange.deliver(route, new Run('lines', buffer, { start: 0, end: buffer.length, packets: 1 }), full)
  exchange.flush()
  return [...full].filter(({ isJammed }) => isJammed)
}

t.test('routes follow what is bound and unbound', async t => {
  const exchange = new Exchange()
  const [one, two] = [inbox(), inbox()]
  publish(exchange, 'a.b')
  exchange.bind('a.*', one)
  exchange.bind('#', two)
  publish(exchange, 'a.b')
  exchange.unbind('a.*', one)
  exchange.unbind('never', one)
  publish(exchange, 'a.b')
  exchange.leave(two, undefined)
  publish(exchange, 'a.b')
  t.same([one.got.length, two.got.length, exchange.size], [1, 2, 0])
})

t.test('a topic longer than AMQP allows is a fault, not a packet for nobody', async t => {
  const exchange = new Exchange()
  const all = inbox()
  exchange.bind('#', all)
  publish(exchange, 'a'.repeat(255))
  t.equal(all.got.length, 1)
  t.throws(() => publish(exchange, 'a'.repeat(256)), /topic: an address of 256 bytes: expected at most 255/)
})

t.test('a publisher is told of those that block and are full, and no others', async t => {
  const exchange = new Exchange()
  const [blocks, drops] = [inbox(), inbox()]
  blocks.outbox.bounds = { policy: 'block', packets: 2, bytes: 1e6 }
  drops.outbox.bounds = { policy: 'drop-oldest', packets: 1, bytes: 1e6 }
  for (const each of [blocks, drops]) {
    exchange.bind('a', each)
    each.full = true
  }
  t.same(publish(exchange, 'a'), [])
  t.same(publish(exchange, 'a'), [blocks.outbox])
  t.same(publish(exchange, 'other'), [])
})
