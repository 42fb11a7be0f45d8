// Every pattern with real peers, pyzmq and a C program on libzmq: both directions, who listens, sizes, PLAIN.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openReceiver } from '../../../src/carrier/zmq/receiver.ts'
import { packet } from '../../../src/packet.ts'
import { parseEndpoint } from '../../../src/url.ts'
import { collect, numbered, seqs, surroundings, until } from '../../support/carrier.ts'
import { folderOf, placeOf, TRANSPORTS, take } from '../../support/zmq.ts'
import { buildPeer, checksum, noLibzmq, PEERS, seqsSeen, startPeer } from '../../support/zmq-peer.ts'

const program = noLibzmq ? undefined : buildPeer(t)
const SIZES = [0, 1, 255, 256, 65535, 65536, 2 ** 20, 64 * 2 ** 20]
const expected = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

for (const { kind, skip } of PEERS) {
  const start = (test: Test, ...words: string[]) => startPeer(test, { kind, program }, ...words)

  for (const transport of TRANSPORTS) {
    for (const listens of ['we', 'they'] as const) {
      const how = listens === 'we' ? 'connect' : 'bind'
      const listen = listens === 'we' ? '?listen&' : '?'

      t.test(`${kind} SUB and PULL read over ${transport}, ${listens} listen`, { skip }, async t => {
        for (const [ours, theirs] of [
          ['zmq+pub', 'SUB'],
          ['zmq+push', 'PULL'],
        ] as const) {
          const place = await placeOf(t, transport)
          const writing = surroundings()
          const opening = writing.sink(`${ours}:${place.ours}${listen}peers=1`)
          const peer = await start(t, theirs, how, place.theirs)
          if (theirs === 'SUB') await peer.subscribe()
          const sink = await opening
          for (let from = 1; from <= 500; from += 50) await sink.write(numbered(50, from))
          t.same(seqsSeen(await peer.recv(500)), expected(500), ours)
          await sink.close()
          t.match(writing.ledger.report(), { output: { in: 500, out: 500, dropped: {} } })
        }
      })

      t.test(`${kind} PUB and PUSH write over ${transport}, ${listens} listen`, { skip }, async t => {
        for (const [ours, theirs] of [
          ['zmq+sub', 'PUB'],
          ['zmq+pull', 'PUSH'],
        ] as const) {
          const place = await placeOf(t, transport)
          const reading = surroundings()
          const seen: unknown[] = []
          const reader = collect(reading.source(`${ours}:${place.ours}${listen}`), ({ meta }) => seen.push(meta['seq']))
          const peer = await start(t, theirs, how, place.theirs)
          // A publisher drops what it sends before the subscription has come.
          while (theirs === 'PUB' && seen.length === 0) await peer.send(1, 0)
          await peer.send(500)
          await until(() => seen.at(-1) === 500)
          reading.stop.abort()
          await reader
          t.same(
            seen.filter(seq => seq !== 0),
            expected(500),
            ours,
          )
        }
      })
    }
  }

  t.test(`data of every size, to ${kind} and back`, { skip }, async t => {
    const [there, back] = [await placeOf(t, 'tcp'), await placeOf(t, 'ipc')]
    const place = surroundings()
    const puller = await start(t, 'PULL', 'connect', there.theirs)
    const pusher = await start(t, 'PUSH', 'connect', back.theirs)
    const sink = await place.sink(`zmq+push:${there.ours}?listen`)
    const source = place.source(`zmq+pull:${back.ours}?listen`)
    const reader = take(source, SIZES.length)
    for (const [seq, size] of SIZES.entries()) {
      const data = Buffer.alloc(size, seq)
      await sink.write([packet({ seq }, data)])
      await pusher.send(1, seq, size)
    }
    const seen = await puller.recv(SIZES.length)
    for (const [seq, size] of SIZES.entries()) {
      t.equal(seen[seq]?.sizes[1], size)
      t.equal(seen[seq]?.checksums[1], checksum(Buffer.alloc(size, seq)))
    }
    for (const [seq, { meta, data }] of (await reader).entries()) {
      t.equal(meta['seq'], seq)
      t.ok(Buffer.alloc(SIZES[seq] ?? -1, seq).equals(data))
    }
    await sink.close()
  })

  t.test(`${kind} subscribes, unsubscribes and subscribes again`, { skip }, async t => {
    const place = await placeOf(t, 'tcp')
    const writing = surroundings()
    const sink = await writing.sink(`zmq+pub:${place.ours}?listen&parts=topic,meta`)
    const peer = await start(t, 'SUB', 'connect', place.theirs)
    const topics = async () => (await peer.recv(10, 200)).map(({ first }) => first.toString())
    const write = () => sink.write(['a', 'ab', 'b'].map(topic => packet({ topic })))
    const dropped = () => writing.ledger.report()['output']?.dropped['no reader'] ?? 0
    await peer.subscribe('a')
    await until(() => {
      const before = dropped()
      write()
      return dropped() === before
    })
    t.same((await topics()).slice(-2), ['a', 'ab'])
    await peer.subscribe('b')
    await peer.unsubscribe('a')
    // The peer has said so when what it asks for has changed.
    let seen: string[] = []
    while (!(seen.length === 1 && seen[0] === 'b')) {
      write()
      seen = await topics()
    }
    await peer.unsubscribe('b')
    await peer.subscribe('ab')
    while (!(seen.length === 1 && seen[0] === 'ab')) {
      write()
      seen = await topics()
    }
    t.same(seen, ['ab'])
    await sink.close()
  })

  t.test(`${kind} filters what we subscribe to`, { skip }, async t => {
    const place = await placeOf(t, 'ipc')
    const reading = surroundings()
    const peer = await start(t, 'PUB', 'bind', place.theirs)
    const seen: [unknown, string][] = []
    const reader = collect(reading.source(`zmq+sub:${place.ours}?topic=ab,c&parts=topic,data`), ({ meta, data }) => {
      seen.push([meta['topic'], Buffer.from(data).toString()])
    })
    while (seen.length === 0) await peer.parts('c', 'first')
    for (const topic of ['a', 'b', 'ab', 'abc', 'last']) await peer.parts(topic, 'data')
    await peer.parts('cend', '')
    await until(() => seen.at(-1)?.[0] === 'cend')
    reading.stop.abort()
    await reader
    t.same(
      seen.filter(([, data]) => data !== 'first'),
      [
        ['ab', 'data'],
        ['abc', 'data'],
        ['cend', ''],
      ],
    )
  })

  t.test(`we subscribe, cancel and subscribe again with ${kind}`, { skip }, async t => {
    const place = await placeOf(t, 'tcp')
    const { context } = surroundings()
    const endpoint = parseEndpoint(`zmq+sub:${place.ours}?topic=a&parts=topic,data`)
    const source = await openReceiver(endpoint, context, { type: 'SUB', reject: () => {} })
    const peer = await start(t, 'PUB', 'bind', place.theirs)
    let latest: unknown[] = []
    const reader = (async () => {
      for await (const batch of source) latest = [...latest, ...batch.map(({ meta }) => meta['topic'])].slice(-3)
    })()
    /** What is published again and again is what comes again and again. */
    const comes = async (...topics: string[]) => {
      for (latest = []; JSON.stringify(latest) !== JSON.stringify(topics); ) {
        latest = []
        for (const topic of ['ab', 'b', 'c']) await peer.parts(topic, '')
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      t.same(latest, topics)
    }
    await comes('ab')
    source.subscribe('b')
    await comes('ab', 'b')
    source.cancel('a')
    source.cancel('never')
    await comes('b')
    source.subscribe('')
    await comes('ab', 'b', 'c')
    source.cancel('')
    await comes('b')
    await source.return()
    await reader
  })

  t.test(`PLAIN with ${kind}`, { skip }, async t => {
    const folder = folderOf(t)
    const [good, bad] = [join(folder, 'good'), join(folder, 'bad')]
    writeFileSync(good, 'user:secret\n', { mode: 0o600 })
    writeFileSync(bad, 'user:wrong\n', { mode: 0o600 })
    const place = await placeOf(t, 'tcp')
    const writing = surroundings()
    const sink = await writing.sink(`zmq+push:${place.ours}?listen&plain=${good}&peers=1`)
    const wrong = await start(t, 'PULL', 'connect', place.theirs, 'plain-client=user:wrong')
    await until(() => writing.warnings.length > 0)
    t.match(writing.warnings[0], /^tcp:\/\/127\.0\.0\.1:\d+: .*(?:password|allowed|credentials)/)
    wrong.kill()
    const peer = await start(t, 'PULL', 'connect', place.theirs, 'plain-client=user:secret')
    await sink.write(numbered(3))
    t.same(seqsSeen(await peer.recv(3)), [1, 2, 3])
    await sink.close()
    // Without somebody to ask, libzmq itself lets in nobody.
    if (kind === 'libzmq') return
    const back = await placeOf(t, 'tcp')
    const server = await start(t, 'PUSH', 'bind', back.theirs, 'plain-server=user:secret')
    const reading = surroundings()
    const reader = take(reading.source(`zmq+pull:${back.ours}?plain=${good}`), 3)
    await server.send(3)
    t.same(seqs(await reader), [1, 2, 3])
    const refused = surroundings()
    const nothing = collect(refused.source(`zmq+pull:${back.ours}?plain=${bad}`))
    await until(() => refused.warnings.length > 0)
    t.match(refused.warnings[0], /connecting again$/)
    refused.stop.abort()
    t.same(await nothing, [])
  })
}
