import t from 'tap'
import { Fault, Inlet } from '../../src/bus/inlet.ts'
import type { Run } from '../../src/bus/run.ts'
import { codecNamed } from '../../src/codec/index.ts'
import { packet } from '../../src/packet.ts'
import { cuttings, noReject } from '../support/chunking.ts'

interface Seen {
  readonly route: string
  readonly packets: number
  readonly text: string
}

/** Everything an inlet finds in chunks; the route of a packet is the first word of its topic. */
function readAll(chunks: readonly Uint8Array[], most = 1e6) {
  const seen: Seen[] = []
  let runs = 0
  let fault: string | undefined
  const inlet = new Inlet<string>(
    {
      routeOf: (buffer, envelope) => envelope.topicText(buffer).split('.')[0] ?? '',
      packets(route: string, run: Run) {
        runs++
        for (const one of run.each()) seen.push({ route, packets: one.packets, text: one.bytes.toString('latin1') })
      },
      control: text => seen.push({ route: 'broker', packets: 0, text }),
    },
    most,
  )
  try {
    for (const chunk of chunks) inlet.push(chunk)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    fault = error.message
  }
  return { seen, runs, fault }
}

const frames = Buffer.concat(
  codecNamed('frame')
    .encoder({ reject: noReject })
    .push([packet({ topic: 'f.1' }, Buffer.from('\n{"\xf7\xf7\n', 'latin1')), packet({ topic: 'f.2' })]),
)
const text =
  '{"topic":"a.1"}\n{"topic":"a.2","x":"ä"}\n\n{"topic":"b.1"}\r\n  {"topic":"a.3"}  \n{"broker":{"do":"ping"}}\n{"topic":"a.4"}\n'
const mixed = Buffer.concat([Buffer.from(text), frames, Buffer.from('{"topic":"a.5"}\n'), frames])

t.test('lines and frames come out as they went in, however they are cut', async t => {
  const expected = readAll([mixed])
  t.same(
    expected.seen.map(({ route }) => route),
    ['a', 'a', 'b', 'a', 'broker', 'a', 'f', 'f', 'a', 'f', 'f'],
  )
  t.equal(expected.fault, undefined)
  const bytes = Buffer.concat(expected.seen.map(({ text }) => Buffer.from(text, 'latin1'))).toString('latin1')
  t.equal(bytes, mixed.toString('latin1').replace('\n\n', '\n').replace('"ping"}}\n', '"ping"}}'))
  for (const { name, chunks } of cuttings(mixed)) t.same(readAll(chunks).seen, expected.seen, name)
})

t.test('neighbours of one route are one run', async t => {
  t.equal(readAll([Buffer.from('{"topic":"a.1"}\n'.repeat(100))]).runs, 1)
  t.equal(readAll([Buffer.from('{"topic":"a"}\n{"topic":"b"}\n'.repeat(10))]).runs, 20)
})

t.test('whatever is wrong is told, after all that came before it', async t => {
  const good = '{"topic":"a"}\n'
  const cases: readonly (readonly [string | Buffer, RegExp])[] = [
    ['{"topic":"a",}\n', /^invalid JSON/],
    ['GET / HTTP/1.1\r\n', /^invalid JSON/],
    ['{"value":1}\n', /^a packet without topic/],
    ['{"topic":"a","topic":"b"}\n', /two topics/],
    ['{"topic":7}\n', /^topic: expected text/],
    [Buffer.from('{"topic":"\xff"}\n', 'latin1'), /^invalid UTF-8/],
    [`{"topic":"${'a'.repeat(200)}`, /^a line longer than 100 bytes/],
    [`{"topic":"${'a'.repeat(200)}"}\n`, /^a line longer than 100 bytes/],
    [Buffer.concat([frames.subarray(0, 30), Buffer.from('x'), frames.subarray(31)]), /^(bad CRC|invalid)/],
    [Buffer.concat([frames.subarray(0, 4), Buffer.from([9]), frames.subarray(5)]), /^bad version/],
    [Buffer.concat([frames.subarray(0, 16), Buffer.from([255, 255]), frames.subarray(18)]), /^bad length/],
    [Buffer.from([0xf7, 1, 2, 3]), /^bytes that belong to no frame/],
  ]
  for (const [bad, reason] of cases) {
    const bytes = Buffer.concat([Buffer.from(good), Buffer.from(bad)])
    for (const { name, chunks } of cuttings(bytes, { random: 4 })) {
      const { seen, fault } = readAll(chunks, 100)
      t.same([seen.length, reason.test(fault ?? '')], [1, true], `${String(reason)}, ${name}: ${fault}`)
    }
  }
})
