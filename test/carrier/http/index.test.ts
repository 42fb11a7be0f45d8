// HTTP endpoints: readers that poll, writers that post, each side coming first, breaks, slow readers, true ends.

import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect as connectSocket, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { PATIENCE_MS } from '../../../src/carrier/fan-out.ts'
import { UsageError } from '../../../src/errors.ts'
import { packet } from '../../../src/packet.ts'
import { collect, numbered, type Surroundings, seqs, surroundings, until } from '../../support/carrier.ts'
import { certificate, noOpenssl } from '../../support/certificate.ts'
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

t.test('more posts than may wait for a reader are refused, and those that wait are taken', async t => {
  const input = surroundings()
  const source = input.source('http://127.0.0.1:0/x?listen&once&max-peers=2')[Symbol.asyncIterator]()
  const first = source.next()
  const url = `${await told(input)}/x`
  const conversing = conversation(url, Array(20).fill('POST /x'), '{"seq":1}\n')
  t.same(seqs([...((await first).value ?? [])]), [1])
  await until(() => (input.ledger.report()['input']?.in ?? 0) >= 4)
  let taken = 1
  const reading = (async () => {
    for (let next = await source.next(); !next.done; next = await source.next()) taken += next.value.length
  })()
  const text = await conversing
  t.equal(text.match(/^HTTP\S+ 200/gm)?.length, taken)
  t.match(text, /503[^{]*\{"error":"4 posts wait: expected fewer at once"\}/)
  t.equal(text.match(/^HTTP\S+/gm)?.length, 20)
  await fetch(url, { method: 'POST', headers: { 'daq-end': '1', 'daq-stream': 'a' } })
  await reading
})

t.test('a reader may come before the writer', async t => {
  const port = await freePort()
  const reading = collect(surroundings().source(`http://127.0.0.1:${port}/x?from=0k&buffer=1k`))
  const output = surroundings()
  const sink = await output.sink(`http://127.0.0.1:${port}/x?listen&peers=1`)
  await sink.write(numbered(3))
  await sink.close()
  t.same(seqs(await reading), [1, 2, 3])
})

/** What a question is answered with: the headers, and the lines as JSON. */
async function ask(url: string, query = '') {
  const { status, headers, body } = await new Promise<{ status: number; headers: Headers; body: string }>(
    (resolve, reject) => {
      fetch(`${url}?${query}`).then(
        async answer => resolve({ status: answer.status, headers: answer.headers, body: await answer.text() }),
        reject,
      )
    },
  )
  const header = (name: string) => headers.get(`daq-${name}`)
  const records = body
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
  return { status, header, records, seqs: records.map(({ seq }) => seq) }
}

t.test('several readers each have their own place', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output)
  await sink.write(numbered(4, 0))
  t.same((await ask(url, 'from=0&reader=a')).seqs, [0, 1, 2, 3])
  await sink.write(numbered(2, 4))
  t.same((await ask(url, 'from=4&reader=a')).seqs, [4, 5])
  t.same((await ask(url, 'from=2&reader=b')).seqs, [2, 3, 4, 5], 'from the middle of what was written at once')
  const again = await ask(url, 'from=3&reader=b')
  t.same(again.seqs, [3, 4, 5], 'what did not arrive is sent once more')
  t.equal(again.header('from'), '3')
  t.equal(again.header('next'), '6')
  await sink.abort?.()
})

t.test('one packet a question, its data as they are, its meta in a header', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output)
  const data = Uint8Array.from([1, 2, 3])
  await sink.write([packet({ dtype: 'uint8', place: 'Zürich' }, data), packet({ value: 7 })])
  const first = await fetch(`${url}?from=0&packet`)
  t.equal(first.headers.get('content-type'), 'application/octet-stream')
  t.equal(first.headers.get('daq-packet'), 'samples')
  t.same(JSON.parse(first.headers.get('daq-meta') ?? ''), { dtype: 'uint8', place: 'Zürich' })
  t.same(new Uint8Array(await first.arrayBuffer()), data)
  const second = await fetch(`${url}?from=1`, { headers: { accept: 'application/octet-stream' } })
  t.equal(second.headers.get('daq-packet'), 'value')
  t.equal(second.headers.get('daq-next'), '2')
  const both = await fetch(`${url}?from=0`, { headers: { accept: 'application/x-ndjson' } })
  t.match(await both.text(), /"data":"AQID"[\s\S]*"value":7/, 'also of frames as lines')
  await sink.close()
})

t.test('who is too slow misses what the policy says, and is told exactly', async t => {
  const cases = [
    { policy: 'drop-oldest', first: { lost: 90, from: 0, to: 89 }, seqs: [90, 91, 92, 93, 94, 95, 96, 97, 98, 99] },
    { policy: 'latest', first: { lost: 99, from: 0, to: 98 }, seqs: [99] },
  ] as const
  for (const { policy, first, seqs } of cases) {
    const output = surroundings({ policy, buffer: 10 })
    const { sink, url } = await listening(output)
    const joining = ask(url, 'reader=slow')
    await until(() => sink.demand?.wanted === true)
    await sink.write([packet({ seq: -1 })])
    t.same((await joining).seqs, [-1])
    for (let seq = 0; seq < 100; seq += 20) await sink.write(numbered(20, seq))
    const { records, header } = await ask(url, 'reader=slow&from=1&got=1')
    t.match(records[0].gap, { reason: 'overflow', ...first }, policy)
    t.equal(header('lost'), `${first.lost}`)
    t.same(
      records.slice(1).map(({ seq }: { seq: number }) => seq),
      seqs,
      policy,
    )
    t.same(output.ledger.report()['output']?.dropped, { overflow: first.lost })
    const again = await ask(url, 'reader=slow&from=1&got=1')
    t.equal(again.records[0].gap.lost, first.lost, 'an answer that did not arrive is no further loss')
    await sink.abort?.()
  }
})

t.test('drop-newest keeps what came first', async t => {
  const output = surroundings({ policy: 'drop-newest', buffer: 10 })
  const { sink, url } = await listening(output)
  const joining = ask(url, 'reader=slow')
  await until(() => sink.demand?.wanted === true)
  await sink.write([packet({ seq: -1 })])
  await joining
  for (let seq = 0; seq < 100; seq += 20) await sink.write(numbered(20, seq))
  t.same((await ask(url, 'reader=slow&from=1&got=1')).seqs, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  await sink.write(numbered(1, 100))
  const { records, header } = await ask(url, 'reader=slow&from=11&got=2')
  t.match(records, [{ gap: { lost: 91, from: 10, to: 100 } }])
  await sink.write(numbered(1, 101))
  t.same((await ask(url, `reader=slow&from=${header('next')}&got=3`)).seqs, [101])
  t.same(output.ledger.report()['output']?.dropped, { overflow: 91 })
  await sink.abort?.()
})

t.test('block: a reader that is there keeps the writer waiting, one that has left does not', async t => {
  const output = surroundings({ buffer: 4 })
  const { sink, url } = await listening(output)
  const joining = ask(url, 'reader=slow&buffer=4')
  await until(() => sink.demand?.wanted === true)
  await sink.write(numbered(1, 0))
  await joining
  let written = false
  const writing = Promise.resolve(sink.write(numbered(10, 1))).then(() => {
    written = true
  })
  for (let next = 1; next < 7; ) {
    const { seqs } = await ask(url, `reader=slow&from=${next}`)
    t.same(seqs, [next, next + 1], 'half of what may wait')
    next += seqs.length
  }
  t.equal(written, false)
  await ask(url, 'reader=slow&from=7')
  await writing
  t.equal(output.ledger.lost, 0)
  await sink.abort?.()
})

/** An output with 16 MiB, and somebody who asks for them and reads nothing. */
async function frozen(t: Test, output: Surroundings, query: string) {
  const { sink, url } = await listening(output)
  const data = new Uint8Array(2 ** 18)
  await sink.write(numbered(64, 0).map(({ meta }) => packet(meta, data)))
  const { host, port } = new URL(url)
  const socket = connectSocket(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  socket.write(`GET /x?from=0${query} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
  await until(() => sink.demand?.wanted === true)
  return { sink, socket }
}

t.test('an answer ends where what was written at once ends, if that is not too long for it', async t => {
  const { sink, url } = await listening(surroundings())
  const joining = ask(url, 'reader=a&buffer=10')
  await until(() => sink.demand?.wanted === true)
  await sink.write(numbered(1, 0))
  t.same((await joining).seqs, [0])
  await sink.write(numbered(3, 1))
  await sink.write(numbered(6, 4))
  for (const seqs of [[1, 2, 3], [4, 5, 6, 7, 8], [9]]) {
    t.same((await ask(url, `reader=a&from=${seqs[0]}`)).seqs, seqs)
  }
  await sink.abort?.()
})

t.test('who asks and takes nothing does not keep the end waiting where packets may be dropped for it', async t => {
  const cases = [
    ['drop-oldest', ''],
    ['drop-oldest', '&reader=a'],
    ['block', ''],
    ['block', '&reader=a&policy=latest'],
  ] as const
  const close = async ([policy, query]: (typeof cases)[number]) => {
    const output = surroundings({ policy, buffer: 64 })
    const { sink } = await frozen(t, output, query)
    await sink.close()
    t.ok(output.ledger.report()['output']?.dropped['peer too slow'], `${policy} ${query}`)
  }
  await Promise.all(cases.map(close))
})

t.test('who asks to be waited for gets all, also long after the end of the others', async t => {
  const cases = [
    ['drop-oldest', '&reader=a&policy=block'],
    ['block', '&reader=a'],
  ] as const
  const close = async ([policy, query]: (typeof cases)[number]) => {
    const output = surroundings({ policy, buffer: 64 })
    const { sink, socket } = await frozen(t, output, query)
    const closing = sink.close()
    await setTimeout(3 * PATIENCE_MS)
    let length = 0
    socket.on('data', chunk => {
      length += chunk.length
    })
    const received = once(socket, 'end')
    socket.write('GET /x?reader=a HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    await closing
    await received
    t.ok(length > 64 * 2 ** 18, `${policy} ${query}: ${length}`)
    t.equal(output.ledger.lost, 0)
    socket.destroy()
  }
  await Promise.all(cases.map(close))
})

t.test('readers beyond all that may be there are refused', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output, '&max-peers=1')
  t.teardown(() => sink.abort?.())
  await sink.write(numbered(2))
  const readers = Array.from({ length: 1025 }, (_, reader) => `${reader}`)
  const questions = [...readers, 'late', '7'].map(reader => `GET /x?from=0&reader=${reader}`)
  const text = await conversation(url, questions)
  t.equal(text.match(/^HTTP\S+ 200/gm)?.length, 1026, 'those that are there are served on')
  t.match(text, /^HTTP\S+ 503[^{]*\{"error":"1025 readers are here: expected fewer at once"\}/m)
})

t.test('a name beyond those that are remembered takes the place of the one left first, which is said once', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output, '&max-peers=4')
  t.teardown(() => sink.abort?.())
  await sink.write(numbered(2))
  await conversation(
    url,
    Array.from({ length: 1028 }, (_, name) => `GET /x?from=0&name=${name}`),
  )
  // They are there until it is certain that they do not come back.
  while ((await ask(url, 'from=0&name=1028')).status === 503);
  t.equal((await ask(url, 'from=0&name=1029')).status, 200)
  t.same(
    output.warnings.filter(text => /forgotten/.test(text)).map(text => text.replace(/.*:\d+\/x: /, '')),
    ['more than 1028 names: 0 is forgotten'],
  )
})

t.test('a name is that of the reader that came by it last; the one before fails', async t => {
  const { sink, url } = await listening(surroundings())
  await sink.write(numbered(100, 0))
  const first = surroundings().source(`${url}?name=lab&from=0`)[Symbol.asyncIterator]()
  const [begun] = seqs([...((await first.next()).value ?? [])])
  t.equal(begun, 0)
  const second = collect(surroundings().source(`${url}?name=lab`))
  const end = (async () => {
    while (!(await first.next()).done);
  })()
  const failing = t.rejects(end, { message: /the server says 409: another reader has come by the name lab/ })
  for (let seq = 100; seq < 5000; seq += 100) {
    await sink.write(numbered(100, seq))
    await setTimeout(1)
  }
  await failing
  await sink.close()
  t.same(seqs(await second), seqs(numbered(5000, 0)), 'nothing was confirmed: the other has all')
})

t.test('what is no longer kept is told by its number', async t => {
  const output = surroundings({ policy: 'drop-oldest', buffer: 10 })
  const { sink, url } = await listening(output)
  for (let seq = 0; seq < 100; seq += 10) await sink.write(numbered(10, seq))
  const { records } = await ask(url, 'from=25')
  t.match(records[0], { gap: { lost: 65, reason: 'no longer kept' } })
  t.equal(records[1].seq, 90)
  t.equal(
    (await ask(url, 'from=95&stream=of-another-run')).records[0].gap.lost,
    90,
    'numbers of another run mean nothing',
  )
  await sink.close()
})

/** A way to a port that can be cut, again and again, after so many bytes. */
async function cutting(t: Test, port: number, bytes: number) {
  let cuts = 0
  const server = createServer(near => {
    const far = connectSocket(port, '127.0.0.1')
    let left = bytes * (1 + cuts)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.pipe(far)
    far.on('data', chunk => {
      near.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left > 0) return
      cuts++
      near.end()
      far.destroy()
    })
    far.on('end', () => near.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  return { port: address && typeof address === 'object' ? address.port : 0, cuts: () => cuts }
}

t.test('a reader whose connection breaks in the middle goes on where it was', async t => {
  const output = surroundings({ buffer: 64 })
  const { sink, url } = await listening(output, '&peers=1')
  const way = await cutting(t, Number(new URL(url).port), 1500)
  const input = surroundings()
  const reading = collect(input.source(`http://127.0.0.1:${way.port}/x`))
  for (let seq = 0; seq < 400; seq += 10) await sink.write(numbered(10, seq))
  await sink.close()
  t.same(seqs(await reading), seqs(numbered(400, 0)))
  t.ok(way.cuts() > 1, `${way.cuts()} breaks`)
  t.equal(output.ledger.lost + input.ledger.lost, 0)
})

t.test('a writer whose connection breaks posts again, and nothing comes twice', async t => {
  const input = surroundings()
  const reading = collect(input.source('http://127.0.0.1:0/x?listen&once'))
  const way = await cutting(t, Number(new URL(await told(input)).port), 600)
  const output = surroundings()
  const sink = await output.sink(`http://127.0.0.1:${way.port}/x`)
  for (let seq = 0; seq < 400; seq += 10) {
    await sink.write(numbered(10, seq))
    await sink.commit?.()
  }
  await sink.close()
  t.same(seqs(await reading), seqs(numbered(400, 0)))
  t.ok(way.cuts() > 1, `${way.cuts()} breaks`)
  t.equal(output.ledger.lost + input.ledger.lost, 0)
})

t.test('over TLS, for those who are let in', { skip: noOpenssl }, async t => {
  const { cert, key } = certificate(t.testdir({}))
  const output = surroundings()
  const sink = await output.sink(`https://127.0.0.1:0/x?listen&peers=1&cert=${cert}&key=${key}`)
  const url = `${await told(output)}/x?ca=${cert}`
  const reading = collect(surroundings().source(url))
  await sink.write(numbered(3))
  await sink.close()
  t.same(seqs(await reading), [1, 2, 3])
})

/** All that the server says to questions that come at once, over one connection. */
function conversation(url: string, questions: readonly string[], body = ''): Promise<string> {
  const head = `host: ${new URL(url).host}\r\ncontent-length: ${body.length}\r\n`
  const last = questions.length - 1
  const texts = questions.map(
    (line, at) => `${line} HTTP/1.1\r\n${head}${at === last ? 'connection: close\r\n' : ''}\r\n${body}`,
  )
  return answers(url, texts.join(''))
}

/** What the server says to bytes that a client of its own mind sends, in a line. */
async function reply(url: string, bytes: string): Promise<string> {
  return (await answers(url, bytes)).split('\r\n', 1)[0] ?? ''
}

async function answers(url: string, bytes: string): Promise<string> {
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

t.test('what is no question is refused, and the others are served on', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output)
  await sink.write(numbered(1))
  const { host } = new URL(url)
  const request = (line: string, ...headers: readonly string[]) =>
    [line, ...headers, 'connection: close', '', ''].join('\r\n')
  t.match(await reply(url, 'garbage\r\n\r\n'), '400')
  t.match(await reply(url, `GET /x HTTP/1.1\r\nhost: ${host}\r\nx: ${'x'.repeat(70_000)}`), '431')
  t.match(await reply(url, request('GET /../../etc/passwd HTTP/1.1', `host: ${host}`)), '404')
  t.match(await reply(url, request('GET /x/y HTTP/1.1', `host: ${host}`)), '404')
  t.match(await reply(url, request('DELETE /x HTTP/1.1', `host: ${host}`)), '405')
  t.match(await reply(url, request('GET /x HTTP/1.1', 'host: evil.example')), '403')
  t.match(await reply(url, request('GET /x HTTP/1.1', `host: ${host}`, 'origin: http://evil.example')), '403')
  t.match(await reply(url, request('GET /x?from=-1 HTTP/1.1', `host: ${host}`)), '400')
  t.match(await reply(url, request('GET /x?policy=all HTTP/1.1', `host: ${host}`)), '400')
  t.match(await reply(url, request(`GET /x?reader=${'r'.repeat(200)} HTTP/1.1`, `host: ${host}`)), '400')
  t.same((await ask(url, 'from=0')).seqs, [1])
  await sink.close()
})

t.test('no more connections than are allowed, and only on loopback', async t => {
  const output = surroundings()
  const { sink, url } = await listening(output, '&max-peers=2')
  const { port } = new URL(url)
  const sockets = [1, 2, 3].map(() => connectSocket(Number(port), '127.0.0.1'))
  for (const socket of sockets) socket.on('error', () => {})
  await until(() => output.warnings.some(text => /refused: 2 peers are connected/.test(text)))
  for (const socket of sockets) socket.destroy()
  await sink.close()
  await t.rejects(surroundings().sink('http://0.0.0.0:0/x?listen'), UsageError)
  await t.rejects(surroundings().sink('https://0.0.0.0:0/x?listen'), UsageError)
})

t.test('a server that is none of ours, and one that refuses, are errors', async t => {
  const server = createHttpServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  await t.rejects(collect(surroundings().source(`http://127.0.0.1:${port}/x`)), /not an output of ours/)
  const { sink, url } = await listening(surroundings())
  await t.rejects(collect(surroundings().source(`${url}/y`)), /404/)
  await t.rejects(surroundings().sink(`${url}/y`), /404/)
  await sink.close()
  await t.rejects(collect(surroundings().source(`${url}?wait=0`)), /connection refused/)
})
