import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { packetOf } from '../../src/valkyrie/outgoing-packet.ts'

t.test('the meta is put into words at once', async t => {
  const meta = { n: 1 }
  const packet = packetOf(meta, null)
  meta.n = 2
  t.equal(Buffer.from(packet.metaBytes).toString(), '{"n":1}')
  t.same(packet.meta, { n: 1 })
})

t.test('data are bytes of any kind, not copied', async t => {
  const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)
  t.equal(packetOf({}, bytes).data, bytes)
  t.equal(packetOf({}, bytes.buffer).data.buffer, bytes.buffer)
  t.same([...packetOf({}, new Uint16Array(bytes.buffer, 2, 2)).data], [2, 3, 4, 5])
  t.same([...packetOf({}, new DataView(bytes.buffer, 7)).data], [7])
  for (const none of [null, undefined, new Uint8Array(0)]) t.equal(packetOf({}, none).data.length, 0)
})

t.test('what is no packet is refused', async t => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const metas: unknown[] = [null, undefined, [1], 'text', 5, new Date(), circle, { big: 1n }, () => {}]
  for (const meta of metas) t.throws(() => Reflect.apply(packetOf, undefined, [meta, null]), UsageError, typeof meta)
  for (const data of ['text', 5, {}, [1]]) t.throws(() => Reflect.apply(packetOf, undefined, [{}, data]), UsageError)
})
