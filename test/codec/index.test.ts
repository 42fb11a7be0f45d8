// The choice of a codec: by name, by file name, by the first byte.

import t from 'tap'
import { autoDecoder, CODECS, codecFor, codecForPath, codecNamed, detectCodec } from '../../src/codec/index.ts'
import { UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { cuttings, decodeAll, noReject } from '../support/chunking.ts'

t.test('codecs are found by name, and the message for an unknown one names them all', async t => {
  for (const codec of CODECS) t.equal(codecNamed(codec.name), codec)
  t.throws(() => codecNamed('xml'), UsageError)
  t.throws(() => codecNamed('xml'), new RegExp(CODECS.map(({ name }) => name).join(', ')))
})

t.test('file names tell the codec, whatever their case, or none', async t => {
  t.equal(codecForPath('a/b.frame.ndjson')?.name, 'ndjson')
  t.equal(codecForPath('LOG.JSONL')?.name, 'ndjson')
  t.equal(codecForPath('x.frames')?.name, 'frame')
  t.equal(codecForPath('x.txt'), undefined)
})

t.test('the first byte tells frames from text', async t => {
  t.equal(detectCodec(0xf7).name, 'frame')
  for (const byte of [0x7b, 0x20, 0x1e, 0xef, 0x0a]) t.equal(detectCodec(byte).name, 'ndjson')
  const vrt = codecNamed('vrt')
  t.same(
    [0xf7, 0x7b, 0x20, 0x14, 0x40].map(byte => detectCodec(byte, vrt).name),
    ['frame', 'ndjson', 'ndjson', 'vrt', 'vrt'],
  )
})

t.test('an automatic decoder waits for the first byte and is told once', async t => {
  const packets = [packet({ a: 1 }), packet({ b: 2 })]
  for (const name of ['ndjson', 'frame']) {
    const chunks = codecNamed(name).encoder({ reject: noReject }).push(packets)
    for (const cutting of cuttings(Buffer.concat([...chunks]), { random: 8 })) {
      const chosen: string[] = []
      const decoded = decodeAll(
        reject => autoDecoder({ source: 'in', reject }, codec => chosen.push(codec.name)),
        cutting.chunks,
      )
      t.same([decoded.packets.map(({ meta }) => meta), chosen], [[{ a: 1 }, { b: 2 }], [name]], cutting.name)
    }
  }
  t.same(autoDecoder({ source: 'in', reject: noReject }).end?.(), [])
})

t.test('a packet goes on in the format that it came in, and else as what it has', async t => {
  for (const name of ['ndjson', 'frame']) {
    const codec = codecNamed(name)
    const [chunk = Buffer.alloc(0)] = codec.encoder({ reject: noReject }).push([packet({ a: 1 })])
    const [found] = codec.decoder({ source: 'in', reject: noReject }).push(chunk)
    t.equal(found && codecFor(found), codec)
  }
  t.equal(codecFor(packet({ a: 1 })).name, 'ndjson')
  t.equal(codecFor(packet({ a: 1 }, Buffer.from('b'))).name, 'frame')
})
