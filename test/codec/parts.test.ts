// Packets that are still message parts: when they are parsed, what they say of bad bytes, how they become frames.

import t from 'tap'
import { frame } from '../../src/codec/frame.ts'
import { Frame } from '../../src/codec/frame-packet.ts'
import { JointMetas } from '../../src/codec/joint-metas.ts'
import { Parts } from '../../src/codec/parts.ts'
import { DataError } from '../../src/errors.ts'
import type { Packet } from '../../src/packet.ts'

const source = 'tcp://peer:1'

function throwReject(): never {
  throw new Error('a reject')
}

function throughFrames(packet: Packet): Packet[] {
  const bytes = Buffer.concat(frame.encoder({ reject: throwReject }).push([packet]))
  return [...frame.decoder({ source: 'test', reject: throwReject }).push(bytes)]
}

t.test('the meta is parsed once, and empty bytes are an empty object', async t => {
  const parts = new Parts(Buffer.from('{"a": 1}'), Buffer.from('xyz'), { source })
  t.same(parts.meta, { a: 1 })
  t.equal(parts.meta, parts.meta)
  t.same(new Parts(Buffer.alloc(0), Buffer.alloc(0), { source }).meta, {})
})

t.test('a topic becomes a field of the meta', async t => {
  const parts = new Parts(Buffer.from('{"a":1,"topic":"other"}'), Buffer.alloc(0), { source, topic: 'image' })
  t.same(parts.meta, { a: 1, topic: 'image' })
})

t.test('what is no JSON, or nested too deeply, names the peer', async t => {
  const bad = new Parts(Buffer.from('{"a":}'), Buffer.alloc(0), { source })
  t.throws(() => bad.meta, DataError)
  t.throws(() => bad.meta, { message: /^tcp:\/\/peer:1: invalid JSON: / })
  const deep = new Parts(Buffer.from(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`), Buffer.alloc(0), { source })
  t.throws(() => deep.meta, { message: /nested deeper than 1000 levels/ })
})

t.test('becomes a frame with the bytes of its meta as they came', async t => {
  const spelled = Buffer.from('{ "n" : 1e3 }')
  const [read] = throughFrames(new Parts(spelled, Buffer.from('data'), { source }))
  t.ok(read instanceof Frame)
  if (!(read instanceof Frame)) return
  t.equal(read.buffer.toString('utf8', read.metaStart, read.dataStart).trimEnd(), spelled.toString())
  t.equal(Buffer.from(read.data).toString(), 'data')
})

t.test('an empty meta and a topic survive a frame', async t => {
  t.same(throughFrames(new Parts(Buffer.alloc(0), Buffer.from('d'), { source }))[0]?.meta, {})
  const [topical] = throughFrames(new Parts(Buffer.from('{"a":1}'), Buffer.alloc(0), { source, topic: 't' }))
  t.same(topical?.meta, { a: 1, topic: 't' })
})

t.test('joined with others: the same metas, and the error of the one that is bad', async t => {
  const made = ['{"a":1}', '{"a":2}', '{"a":]}', '{"a":4}', '{"a":5}'].map(
    text => new Parts(Buffer.from(text), Buffer.alloc(0), { source, ...(text.includes('4') && { topic: 'image' }) }),
  )
  const metas = new JointMetas()
  for (const parts of made) parts.join(metas)
  const found = made.map(parts => {
    try {
      return parts.meta
    } catch (error) {
      return String(error)
    }
  })
  t.match(found, [{ a: 1 }, { a: 2 }, /^DataError: tcp:\/\/peer:1: invalid JSON/, { a: 4, topic: 'image' }, { a: 5 }])
})
