// The store in memory.

import t from 'tap'
import { type Packet, packet } from '../../src/packet.ts'
import { memory, memoryStore } from '../../src/store/memory.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import { parseEndpoint } from '../../src/url.ts'

const stop = new AbortController().signal
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => packet({ value: from + n }))
const values = (packets: Iterable<Packet>) => [...packets].map(({ meta }) => meta['value'])

t.test('packets are kept in order and can be iterated over', async t => {
  const store = memoryStore()
  store.write(numbers(0, 3))
  store.write(numbers(3, 5))
  t.same(values(store.packets), [0, 1, 2, 3, 4])
  t.equal(store.length, 5)
})

t.test('the oldest make room, and are counted', async t => {
  const ledger = new Ledger()
  const store = memoryStore({ size: 4, ledger, name: 'memory:m' })
  store.write(numbers(0, 3))
  store.write(numbers(3, 9))
  t.same(values(store.packets), [5, 6, 7, 8])
  t.match(ledger.report()['memory:m'], { in: 9, out: 9, dropped: { 'memory full': 5 } })
})

t.test('a resent packet is stored once', async t => {
  const ledger = new Ledger()
  const store = memoryStore({ ledger, deduplicate: true })
  store.write([packet({ id: 'a' }), packet({ id: 'a' })])
  t.equal(store.length, 1)
  t.match(ledger.report()['memory:'], { in: 2, out: 1, duplicate: 1 })
})

t.test('it is read by time and name', async t => {
  const store = memoryStore()
  store.write([
    packet({ timestamp: '2026-01-01T00:00:00Z', name: 'a', value: 1 }),
    packet({ timestamp: '2026-01-02T00:00:00Z', name: 'a', value: 2 }),
    packet({ timestamp: '2026-01-02T00:00:00Z', name: 'b', value: 3 }),
    packet({ name: 'a', value: 4 }),
  ])
  const read = async (options: { since?: number; until?: number; names?: string[] }) => {
    const found: Packet[] = []
    for await (const batch of store.read({ ...options, stop })) found.push(...batch)
    return values(found)
  }
  t.same(await read({}), [1, 2, 3, 4])
  t.same(await read({ since: Date.UTC(2026, 0, 2) }), [2, 3])
  t.same(await read({ until: Date.UTC(2026, 0, 2) }), [1])
  t.same(await read({ names: ['a'] }), [1, 2, 4])
})

t.test('a follower gets what comes later, until the store is closed or it is stopped', async t => {
  const store = memoryStore()
  store.write(numbers(0, 2))
  const seen: unknown[] = []
  const following = (async () => {
    for await (const batch of store.read({ follow: true, stop })) {
      seen.push(...values(batch))
      if (seen.length === 2) queueMicrotask(() => store.write(numbers(2, 4)))
      if (seen.length === 4) queueMicrotask(() => store.close())
    }
  })()
  await following
  t.same(seen, [0, 1, 2, 3])

  const controller = new AbortController()
  const other = memoryStore()
  const stopped = (async () => {
    for await (const _ of other.read({ follow: true, stop: controller.signal }));
  })()
  setImmediate(() => controller.abort())
  await stopped
})

t.test('by URL it is found again under its name', async t => {
  const context = {
    ledger: new Ledger(),
    reject: () => {},
    warn: () => {},
    sync: 'never',
    rotation: {},
    terminal: undefined,
  } as const
  const endpoint = parseEndpoint('memory:recent?size=2')
  const store = await memory.open(endpoint, context)
  await store.write(numbers(0, 3))
  await store.close()
  const found: Packet[] = []
  for await (const batch of memory.read?.(parseEndpoint('memory:recent'), { stop, reject: () => {} }) ?? [])
    found.push(...batch)
  t.same(values(found), [1, 2])
  await t.rejects(async () => {
    for await (const _ of memory.read?.(parseEndpoint('memory:other'), { stop, reject: () => {} }) ?? []);
  }, /no store of this name/)
  await t.rejects(memory.open(parseEndpoint('memory:x?sise=1'), context), /unknown parameter 'sise'/)
})
