// Which store an endpoint means, and what each of them keeps.

import { readFileSync, truncateSync } from 'node:fs'
import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { gapPacket, packet } from '../../src/packet.ts'
import { STORES, storeFor } from '../../src/store/index.ts'
import { parseEndpoint } from '../../src/url.ts'
import { logged, messages, readBack } from '../support/store-context.ts'

t.test('a store is told by its scheme, a path by its ending', async t => {
  const scheme = (text: string) => storeFor(parseEndpoint(text)).scheme
  t.equal(scheme('csv:log'), 'csv')
  t.equal(scheme('log.csv'), 'csv')
  t.equal(scheme('/var/log/LOG.CSV?columns=a'), 'csv')
  t.equal(scheme('log-%F.ndjson'), 'ndjson')
  t.equal(scheme('log.jsonl'), 'ndjson')
  t.equal(scheme('capture.frame'), 'frame')
  t.equal(scheme('screen:'), 'screen')
  for (const text of ['log.txt', 'parquet:x', 'log', '-']) {
    t.throws(() => storeFor(parseEndpoint(text)), UsageError)
    t.throws(() => storeFor(parseEndpoint(text)), /expected csv: .*screen: plot: or a path that ends in \.csv/)
  }
})

t.test('each row of the table says what the store is for, with an example that it accepts', async t => {
  for (const store of STORES) {
    t.equal(storeFor(parseEndpoint(store.example)), store)
    const known = store.params.map(({ name }) => name)
    for (const name of parseEndpoint(store.example).params.keys()) t.ok(known.includes(name))
  }
})

const CASES = [
  { scheme: 'ndjson', file: 'log.ndjson' },
  { scheme: 'frame', file: 'log.frame' },
]

for (const { scheme, file } of CASES) {
  t.test(`${scheme}: every packet is read back as it was, gaps and bytes included`, async t => {
    const path = `${t.testdir()}/${file}`
    const packets = [
      ...messages(0, 20),
      packet({ name: 'é "q"', value: null, deep: { a: [1, 'b'] } }),
      gapPacket({ lost: 3, reason: 'overflow', stage: 'x' }),
      packet({ name: 'iq', dtype: 'complex64' }, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
    ]
    await logged(`${scheme}:${path}`, [packets.slice(0, 5), packets.slice(5)])
    await logged(`${scheme}:${path}`, [messages(20, 22)])
    t.same(await readBack(`${scheme}:${path}`), [...packets, ...messages(20, 22)])
    t.same(await readBack(path), [...packets, ...messages(20, 22)])
  })

  t.test(`${scheme}: cut at every byte of the last records, whole records stay and the rest comes again`, async t => {
    const path = `${t.testdir()}/${file}`
    await logged(`${scheme}:${path}`, [messages(0, 3)], { deduplicate: true })
    const whole = readFileSync(path)
    for (let length = whole.length; length >= 0; length--) {
      const name = `${t.testdir({ [file]: whole })}/${file}`
      truncateSync(name, length)
      const { warnings } = await logged(`${scheme}:${name}`, [messages(0, 4)], { deduplicate: true })
      t.same(await readBack(name), messages(0, 4))
      if (warnings.length > 0) t.match(warnings, [/cut short at byte \d+: moved \d+ bytes to .*torn-\d+/])
    }
  })

  t.test(`${scheme}: what rotated is read in order`, async t => {
    const path = `${t.testdir()}/${file}`
    for (let n = 0; n < 40; n += 10)
      await logged(`${scheme}:${path}`, [messages(n, n + 10)], { rotation: { size: 700 } })
    t.same(await readBack(path), messages(0, 40))
  })
}
