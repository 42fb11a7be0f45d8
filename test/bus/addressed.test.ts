import t from 'tap'
import { addressed } from '../../src/bus/addressed.ts'
import { codecNamed } from '../../src/codec/index.ts'
import { packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { noReject } from '../support/chunking.ts'

function through(topic: string | undefined, text: string) {
  const rejects: Reject[] = []
  const batch = codecNamed('ndjson').decoder({ source: 'in', reject: noReject }).push(Buffer.from(text))
  const out = addressed(topic, reject => rejects.push(reject)).push(batch)
  const chunks = codecNamed('ndjson').encoder({ reject: noReject }).push(out)
  return { text: Buffer.concat(chunks).toString(), rejects: rejects.map(({ reason, place }) => [reason, place.line]) }
}

t.test('lines get the topic, and stay as they are otherwise', async t => {
  const text = '{"v":1.0}\n{}\n{ }\n{ "topic" : "old", "v":2}\n{"v":{"topic":"in"}}\n{"broker":1}\n'
  t.same(through('a."b"', text), {
    text:
      '{"topic":"a.\\"b\\"","v":1.0}\n{"topic":"a.\\"b\\""}\n{"topic":"a.\\"b\\"" }\n{ "topic" : "a.\\"b\\"", "v":2}\n' +
      '{"topic":"a.\\"b\\"","v":{"topic":"in"}}\n{"topic":"a.\\"b\\"","broker":1}\n',
    rejects: [],
  })
})

t.test('what is no JSON is rejected and named', async t => {
  t.same(through('a', '{"v":1}\n{"v":}\n{"topic":1}\n{"topic":"a","topic":"b"}\n'), {
    text: '{"topic":"a","v":1}\n',
    rejects: [
      ['invalid JSON', 2],
      ['topic is no text', 3],
      ['two topics', 4],
    ],
  })
})

t.test('without an address each packet goes where it says', async t => {
  t.same(through(undefined, '{"topic":"x","v":1}\n{"v":2}\n{"broker":{"do":"ping"}}\n'), {
    text: '{"topic":"x","v":1}\n',
    rejects: [
      ['no topic', 2],
      ['no topic', 3],
    ],
  })
})

t.test('packets that are no lines get it, too', async t => {
  const data = Buffer.from('abc')
  const [one, two] = addressed('a', noReject).push([packet({ v: 1 }, data), packet({ topic: 'b' })])
  t.same([one, two], [packet({ topic: 'a', v: 1 }, data), packet({ topic: 'a' })])
  const rejects: string[] = []
  const kept = addressed(undefined, ({ reason }) => rejects.push(reason)).push([
    packet({ v: 1 }),
    packet({ topic: 'b' }),
  ])
  t.same([kept, rejects], [[packet({ topic: 'b' })], ['no topic']])
})
