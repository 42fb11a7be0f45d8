import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { panelOf } from '../../src/chart/panels.ts'
import { Traces } from '../../src/chart/traces.ts'
import { levelSpectra } from '../../src/dsp/level-spectrum.ts'
import type { Peak } from '../../src/dsp/measure.ts'
import { measurements } from '../../src/dsp/measurements.ts'
import { UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { pageEndpoint } from '../../src/page/address.ts'
import { Gallery, MOST_TRACES } from '../../src/page/gallery.ts'
import { DRAWN, readFrames, type TraceFrame } from '../../src/page/message.ts'
import { ShownTrace } from '../../src/page/shown-trace.ts'
import { Trace } from '../../src/page/trace.ts'
import { sfc32 } from '../../src/random.ts'
import { certificate, noOpenssl } from '../support/certificate.ts'
import { BINS, FLOOR, type Line, START, STEP, servePage, show, spectrumPacket } from '../support/live-page.ts'

type T = Parameters<typeof servePage>[0]

/** What a wire was sent, taken apart again. */
function framesOf(chunks: readonly Uint8Array[]): TraceFrame[] {
  const bytes = Uint8Array.from(Buffer.concat(chunks))
  return [...readFrames(bytes.buffer)]
}

/** A viewer of a gallery that keeps what it is sent. */
function watch(gallery: Gallery) {
  const sent: TraceFrame[][] = []
  const viewer = gallery.join({ send: chunks => sent.push(framesOf(chunks)) })
  return { viewer, sent }
}

const line = (bin: number, level: number): readonly Line[] => [{ bin, level }]

t.test('a viewer gets a spectrum at once, and the next when it has drawn', async t => {
  const gallery = new Gallery()
  const { viewer, sent } = watch(gallery)
  t.same(sent, [])
  gallery.push('', spectrumPacket(line(7, -20), { name: 'rx', timestamp: '2026-01-01T00:00:00.000Z' }))
  gallery.offer()
  const [[frame] = []] = sent
  t.match(frame?.meta, {
    trace: 0,
    title: 'rx',
    rows: ['latest', 'held'],
    bins: BINS,
    start: START,
    step: STEP,
    axisUnit: 'Hz',
    unit: 'dBm',
    spectra: 1,
    total: 1,
    timestamp: '2026-01-01T00:00:00.000Z',
  })
  t.equal(frame?.levels.latest?.[7], -20)
  t.equal(frame?.levels.latest?.[8], FLOOR)

  for (const level of [-60, -10, -50]) gallery.push('', spectrumPacket(line(9, level), { name: 'rx' }))
  gallery.offer()
  t.equal(sent.length, 1, 'it has not drawn yet')
  viewer.drawn()
  const next = sent[1]?.[0]
  t.same([next?.meta.rows, next?.meta.spectra, next?.meta.total], [['latest', 'greatest'], 3, 4])
  t.equal(next?.levels.latest?.[9], -50)
  t.equal(next?.levels.greatest?.[9], -10, 'the greatest of those it has not seen')
  t.equal(next?.levels.greatest?.[7], FLOOR, 'and of no others')
  viewer.drawn()
  gallery.offer()
  t.equal(sent.length, 2, 'nothing new')
})

t.test('viewers do not take from each other, and who comes later gets what was held', async t => {
  const gallery = new Gallery()
  const [fast, slow] = [watch(gallery), watch(gallery)]
  for (const level of [-30, -20, -40]) {
    gallery.push('', spectrumPacket(line(3, level)))
    gallery.offer()
    fast.viewer.drawn()
  }
  t.same(
    fast.sent.map(([frame]) => frame?.levels.latest?.[3]),
    [-30, -20, -40],
  )
  slow.viewer.drawn()
  t.equal(slow.sent[1]?.[0]?.levels.greatest?.[3], -20)
  const late = watch(gallery)
  t.same([late.sent[0]?.[0]?.levels.latest?.[3], late.sent[0]?.[0]?.levels.held?.[3]], [-40, -20])
  gallery.leave(late.viewer)
  gallery.push('', spectrumPacket(line(3, -1)))
  gallery.offer()
  t.equal(late.sent.length, 1)
})

t.test('a spectrum of another form begins anew', async t => {
  const gallery = new Gallery()
  const { viewer, sent } = watch(gallery)
  gallery.push('', spectrumPacket(line(3, -5)))
  gallery.offer()
  gallery.push('', spectrumPacket(line(3, -70), { frequency_start: 0 }))
  viewer.drawn()
  const [first, second] = [sent[0]?.[0], sent[1]?.[0]]
  t.not(first?.meta.form, second?.meta.form)
  t.same([second?.meta.start, second?.levels.held?.[3], second?.meta.spectra], [0, -70, 1])
})

t.test('many bins are joined, each the greatest of some, and no peak is lost', async t => {
  const trace = new Trace({ index: 0, order: 0, title: 'wide' })
  const levels = new Float32Array(40_001).fill(-100)
  levels[12_345] = -7
  levels[40_000] = -8
  const meta = { dtype: 'float32', scale: 'db', fft_size: 40_001, frequency_start: 0, frequency_step: 10 }
  const [spectrum] = levelSpectra(packet(meta, new Uint8Array(levels.buffer))) ?? []
  if (!spectrum) throw new Error('no spectrum')
  const unseen = trace.watch()
  t.equal(trace.hasNews(unseen), false)
  trace.push(spectrum, meta)
  const { meta: sent, data } = trace.take(unseen)
  t.match(sent, { bins: 13_334, joined: 3, start: 10, step: 30 })
  const joined = new Float32Array(data.buffer).subarray(0, 13_334)
  t.same([joined[4115], joined[13_333], joined[0]], [-7, -8, -100])
})

t.test('infinities and what is no number come through, and are never the greatest', async t => {
  const gallery = new Gallery()
  const { viewer, sent } = watch(gallery)
  gallery.push('', spectrumPacket(line(0, Number.NaN)))
  gallery.offer()
  t.ok(Number.isNaN(sent[0]?.[0]?.levels.latest?.[0]))
  gallery.push('', spectrumPacket(line(0, Number.NEGATIVE_INFINITY)))
  gallery.push('', spectrumPacket(line(0, Number.NaN)))
  viewer.drawn()
  t.equal(sent[1]?.[0]?.levels.greatest?.[0], Number.NEGATIVE_INFINITY)
  t.equal(sent[1]?.[0]?.levels.greatest?.[1], FLOOR)
})

t.test('channels of one name are told apart', async t => {
  const gallery = new Gallery()
  for (const channel of [0, 1]) gallery.push('', spectrumPacket([], { name: 'rx', channel }))
  t.same(
    watch(gallery).sent[0]?.map(({ meta }) => meta.title),
    ['rx 0', 'rx 1'],
  )
})

t.test('names that never repeat are not all shown, which is said once', async t => {
  let said = 0
  const gallery = new Gallery({ onCrowd: () => said++ })
  for (let at = 0; at < MOST_TRACES + 3; at++) t.ok(gallery.push('', spectrumPacket([], { name: `n${at}` })))
  t.equal(said, 1)
  t.equal(watch(gallery).sent[0]?.length, MOST_TRACES)
  t.equal(gallery.push('', packet({ value: 1 })), false, 'no spectrum')
})

t.test('what a page keeps: held levels, peaks, places', async t => {
  const gallery = new Gallery()
  const { viewer, sent } = watch(gallery)
  gallery.push('', spectrumPacket([...line(7, -20), ...line(300, -30)], { window: 'hann', enbw: 1.5 }))
  gallery.offer()
  const [first] = sent[0] ?? []
  if (!first) throw new Error('nothing sent')
  const shown = new ShownTrace(first.meta)
  t.same(shown.take(first).isReformed, false)
  t.same(
    shown.peaks(8, 10).map(({ bin, level }) => [bin, level]),
    [
      [7, -20],
      [300, -30],
    ],
  )
  t.equal(shown.meta.resolution, 1.5 * STEP)
  t.equal(shown.text(START + 7 * STEP, 100), '97.5140 MHz')
  t.same([shown.binAt(START + 7.4 * STEP), shown.binAt(START - STEP)], [7, undefined])
  gallery.push('', spectrumPacket(line(7, -25)))
  viewer.drawn()
  for (const frame of sent[1] ?? []) shown.take(frame)
  t.same([shown.latest[7], shown.held[7], shown.held[300]], [-25, -20, -30])
  shown.clear()
  t.ok(shown.held.every(Number.isNaN))
  gallery.push('', spectrumPacket(line(7, -26)))
  viewer.drawn()
  for (const frame of sent[2] ?? []) shown.take(frame)
  t.same([shown.held[7], shown.held[300]], [-26, FLOOR])
})

t.test('the page, a picture and the measurements list the same peaks', async t => {
  const next = sfc32('noise')
  const noise = Array.from({ length: BINS }, (_, bin) => ({ bin, level: FLOOR + (next() % 30) }))
  const lines = [...noise, ...line(100, -20), ...line(102, -22), ...line(103, -30), ...line(300, -45)]
  const one = spectrumPacket(lines, { window: 'blackman-harris', enbw: 2 })
  const [spectrum] = levelSpectra(one) ?? []
  if (!spectrum) throw new Error('no spectrum')
  const measured = measurements(spectrum, { peaks: BINS, above: 5, channels: [], occupied: 0.99 })['peaks']
  const gallery = new Gallery()
  gallery.push('', one)
  const [frame] = watch(gallery).sent[0] ?? []
  if (!frame) throw new Error('nothing sent')
  const shown = new ShownTrace(frame.meta)
  shown.take(frame)
  const traces = new Traces({ rows: 'asked', holds: [], waterfall: undefined })
  traces.see(one)
  const view = { curves: ['last'], span: undefined, levels: undefined, peaks: BINS, above: 5 } as const
  const drawn = traces.all.flatMap(trace => panelOf(trace, view).peaks)
  const places = (peaks: readonly Peak[]) =>
    peaks.map(({ frequency, level }) => ({ frequency: Math.round(frequency), level: Math.round(level * 1000) / 1000 }))
  t.ok(drawn.length > 10 && drawn.length < BINS / 4, `${drawn.length} peaks`)
  t.same(places(shown.peaks(BINS, 5)), places(drawn))
  t.same(
    Array.isArray(measured) && measured.map(({ frequency, level }) => ({ frequency: Math.round(frequency), level })),
    places(drawn),
  )
})

t.test('where it may be served', async t => {
  t.match(pageEndpoint('127.0.0.1:8080'), { scheme: 'http', rest: '//127.0.0.1:8080' })
  t.match(pageEndpoint('localhost:0'), { scheme: 'http' })
  t.match(pageEndpoint('[::1]:80'), { rest: '//[::1]:80' })
  t.match(pageEndpoint('http://0.0.0.0:80?insecure'), { scheme: 'http' })
  t.match(pageEndpoint('https://lab:443?cert=c&key=k&client-ca=a'), { scheme: 'https' })
  const refused: readonly (readonly [string, RegExp])[] = [
    ['0.0.0.0:80', /anybody who reaches 0\.0\.0\.0 could look/],
    ['https://lab:443?cert=c&key=k', /could look/],
    ['8080', /expected http:\/\/HOST:PORT/],
    ['http://127.0.0.1:80/x', /expected http:\/\/HOST:PORT/],
    ['tcp://127.0.0.1:80', /expected HOST:PORT/],
    ['http://127.0.0.1:80?cert=c', /unknown parameter 'cert'/],
  ]
  for (const [text, message] of refused) t.throws(() => pageEndpoint(text), { name: UsageError.name, message }, text)
})

/** A request with headers of its own, which `fetch` would not send. */
function ask(url: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const asked = request(url, { method, headers }, response => {
        response.setEncoding('utf8')
        let text = ''
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
      })
      asked.on('error', reject)
      asked.end()
    },
  )
}

t.test('the files of the page, and nothing else, to those who call it by its name', async t => {
  const { page, warnings } = await servePage(t)
  t.match(page.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.same(warnings, [`listening on ${page.url}`])
  const index = await ask(page.url, {})
  t.equal(index.status, 200)
  t.match(index.headers, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': /^default-src 'none'; script-src 'self';/,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  const names = [...index.text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(match => match[1] ?? '')
  t.equal(names.length, 3)
  for (const name of names) {
    const file = await ask(`${page.url}${name}`, {})
    const [type, caching] = {
      js: [/^text\/javascript/, /immutable/],
      css: [/^text\/css/, /immutable/],
      svg: [/^image\/svg/, /no-cache/],
    }[name.split('.')[1] ?? ''] ?? [/never/, /never/]
    t.equal(file.status, 200)
    t.match(file.headers, { 'content-type': type, 'cache-control': caching })
    t.equal((await ask(`${page.url}${name}`, { 'if-none-match': String(file.headers['etag']) })).status, 304)
    const head = await ask(`${page.url}${name}`, {}, 'HEAD')
    t.same([head.text, head.headers['content-length']], ['', file.headers['content-length']])
  }
  t.notMatch(index.text, /https?:/, 'nothing comes from elsewhere')
  for (const path of ['/x', '/../package.json', '/live', '/index.html'])
    t.equal((await ask(`${page.url}${path}`, {})).status, 404)
  t.match(await ask(page.url, {}, 'POST'), { status: 405, headers: { allow: 'GET, HEAD' } })
})

t.test('neither other names nor pages of others get in', async t => {
  const { page } = await servePage(t, 'http://127.0.0.1:0?host=lab.example')
  const { port } = new URL(page.url)
  const statusOf = async (headers: Record<string, string>) => (await ask(page.url, headers)).status
  t.equal(await statusOf({ host: `evil.example:${port}` }), 403)
  t.equal(await statusOf({ host: `lab.example:${port}` }), 200)
  t.equal(await statusOf({ host: `localhost:${port}` }), 200)
  t.equal(await statusOf({ origin: 'http://evil.example' }), 403)
  t.equal(await statusOf({ origin: page.url }), 200)
  for (const headers of [{ origin: 'http://evil.example' }, { host: 'evil.example' }]) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers })
    const [error] = await once(socket, 'error')
    t.match(String(error), /403/)
  }
  t.equal(page.demand.wanted, false)
})

/** The notices and frames that a socket gets. */
async function join(t: T, url: string) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/live`, { rejectUnauthorized: false })
  t.teardown(() => socket.terminate())
  const notices: Record<string, unknown>[] = []
  const frames: TraceFrame[] = []
  let wake = () => {}
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) frames.push(...framesOf([data]))
    else notices.push(JSON.parse(data.toString()))
    wake()
  })
  const until = async (isSo: () => boolean) => {
    while (!isSo())
      await new Promise<void>(resolve => {
        wake = resolve
      })
  }
  await until(() => notices.length > 0)
  return { socket, notices, frames, until }
}

t.test('a viewer over the socket: hello, frames when they are drawn, the end', async t => {
  const { page } = await servePage(t)
  const changes: boolean[] = []
  page.demand.onChange(() => changes.push(page.demand.wanted))
  const { socket, notices, frames, until } = await join(t, page.url)
  t.match(notices[0], { kind: 'hello', title: 'spectrum', build: /^[\da-f]{16}$/, run: String })
  t.same(changes, [true])
  show(page, [spectrumPacket(line(1, -1))])
  await until(() => frames.length === 1)
  for (const level of [-2, -3]) show(page, [spectrumPacket(line(1, level))])
  socket.send(DRAWN)
  await until(() => frames.length === 2)
  t.same([frames[1]?.meta.spectra, frames[1]?.levels.greatest?.[1]], [2, -2])
  show(page, [spectrumPacket(line(1, -4))])
  page.end('the input has ended')
  await until(() => notices.length === 2)
  t.equal(frames[2]?.levels.latest?.[1], -4, 'the last one comes though the one before was not drawn')
  t.match(notices[1], { kind: 'ended', reason: 'the input has ended' })
  const closed = once(socket, 'close')
  await page.close()
  t.equal((await closed)[0], 1001)
  t.same(changes, [true, false])
})

t.test('who says too much is hung up on', async t => {
  const { page } = await servePage(t)
  const { socket } = await join(t, page.url)
  socket.send('x'.repeat(2000))
  await once(socket, 'close')
  t.equal(page.demand.wanted, false)
})

t.test('a viewer that reads nothing neither slows the data nor keeps more than one message', async t => {
  const { page } = await servePage(t)
  const { host, port } = new URL(page.url)
  const socket = connect(Number(port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  const key = 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13'
  socket.write(`GET /live HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n${key}\r\n\r\n`)
  await once(socket, 'readable')
  socket.pause()
  for (let at = 0; at < 20_000; at++) show(page, [spectrumPacket(line(at % BINS, -10))])
  t.equal(page.demand.wanted, true)
  await page.close()
  t.equal(page.demand.wanted, false, 'closing does not wait for it for ever')
})

t.test('over TLS', { skip: noOpenssl }, async t => {
  const { cert, key } = certificate(t.testdir({}))
  const { page } = await servePage(t, `https://127.0.0.1:0?cert=${cert}&key=${key}`)
  t.match(page.url, /^https:/)
  const { frames, until } = await join(t, page.url)
  show(page, [spectrumPacket(line(1, -1))])
  await until(() => frames.length === 1)
  t.equal(frames[0]?.levels.latest?.[1], -1)
})
