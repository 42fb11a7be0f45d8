// HTTP endpoints: readers that poll, writers that post, each side coming first, breaks, slow readers, true ends.

import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import t from 'tap'
import { UsageError } from '../../../src/errors.ts'
import { packet } from '../../../src/packet.ts'
import { collect, numbered, type Surroundings, seqs, surroundings, until } from '../../support/carrier.ts'
import { freePort } from '../../support/port.ts'

/** The address of a listening endpoint, as it was told. */
async function told(place: Surroundings): Promise<string> {
  const at = () => place.warnings.findIndex(text => text.startsWith('listening on '))
  await until(() => at() >= 0)
  const [text = ''] = place.warnings.splice(at(), 1)
  return text.slice('listening on '.length)
}

/** An output that listens, and the address of its path. */
async function listening(place: Surroundings, params = '') {
  const sink = await place.sink(`http://127.0.0.1:0/x?listen${params}`)
  return { sink, url: `${await told(place)}/x` }
}

t.test('a reader gets all from when it came, and ends with the writer', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output, '&peers=1')
  const input = surroundings()
  const reading = collect(input.source(url))
  for (let seq = 0; seq < 5000; seq += 100) await sink.write(numbered(100, seq))
  await sink.close()
  t.same(seqs(await reading), seqs(numbered(5000, 0)))
  t.equal(output.ledger.report()['output']?.out, 5000)
  t.equal(input.ledger.report()['input']?.in, 5000)
  t.equal(output.ledger.lost + input.ledger.lost, 0)
})

t.test('frames are answered as frames', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output, '&peers=1')
  const reading = collect(surroundings().source(url))
  const data = Uint8Array.from({ length: 100_000 }, (_, index) => index)
  for (let seq = 0; seq < 300; seq++) await sink.write([packet({ seq, dtype: 'uint8' }, data)])
  await sink.close()
  const seen = await reading
  t.same(
    seen.map(({ meta }) => meta['seq']),
    Array.from({ length: 300 }, (_, seq) => seq),
  )
  t.ok(seen.every(item => Buffer.compare(item.data, data) === 0))
})

t.test('a writer posts to a reader that listens', async t => {
  const input = surroundings()
  const reading = collect(input.source('http://127.0.0.1:0/x?listen&once'))
  const output = surroundings()
  const sink = await output.sink(`${await told(input)}/x`)
  for (let seq = 0; seq < 5000; seq += 100) await sink.write(numbered(100, seq))
  await sink.close()
  t.same(seqs(await reading), seqs(numbered(5000, 0)))
  t.equal(output.ledger.report()['output']?.out, 5000)
  t.equal(output.ledger.lost, 0)
})

t.test('a reader may come before the writer', async t => {
  const port = await freePort()
  const reading = collect(surroundings().source(`http://127.0.0.1:${port}/x?from=0`))
  const output = surroundings()
  const sink = await output.sink(`http://127.0.0.1:${port}/x?listen&peers=1`)
  await sink.write(numbered(3))
  await sink.close()
  t.same(seqs(await reading), [1, 2, 3])
})

void once
void connectSocket
void UsageError
