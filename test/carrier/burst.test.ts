// The bytes of a pipe in bursts: complete and in order, into the room that is given, and none held back.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { burstBytes } from '../../src/carrier/burst.ts'
import type { Transient } from '../../src/carrier/carrier.ts'

interface Pipe {
  readonly path: string
  readonly bytes: AsyncIterator<Uint8Array>
  readonly stop: AbortController
}

function pipe(t: Test, transient: Transient = {}): Pipe {
  const path = join(t.testdir({}), 'pipe')
  execFileSync('mkfifo', [path])
  const stop = new AbortController()
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const options = { transient, endsBy: (reason: unknown) => reason !== 'ignored' }
  const bytes = burstBytes(descriptor, path, { stop: stop.signal }, options)[Symbol.asyncIterator]()
  t.teardown(() => bytes.return?.())
  return { path, bytes, stop }
}

/** What comes until the end, each piece copied before the next is asked for. */
async function all(bytes: AsyncIterator<Uint8Array>, eat = async (_: number) => {}): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (;;) {
    const { done, value } = await bytes.next()
    if (done) return Buffer.concat(pieces)
    // While the taker looks at it, nobody writes into it.
    const before = Buffer.from(value)
    await eat(pieces.length)
    t.ok(before.equals(value))
    pieces.push(before)
  }
}

const noise = (length: number) =>
  Buffer.from(Uint32Array.from({ length: length / 4 }, (_, at) => at * 2654435761).buffer)

for (const [who, eat] of [
  ['a quick taker', async () => {}],
  ['a taker that is slow now and then', async (piece: number) => after(piece % 3 === 0 ? 5 : 0)],
] as const) {
  t.test(`nothing is lost or out of order: ${who}`, async t => {
    const room = new Uint8Array(300_000)
    const { path, bytes } = pipe(t, { places: () => ({ room: () => room.subarray(1000) }) })
    const sent = noise(4_000_000)
    writeFileSync(`${path}.sent`, sent)
    const writer = spawn('sh', ['-c', `head -c 10 ${path}.sent >${path}; tail -c +11 ${path}.sent >${path}`])
    // The pipe has a second writer, so that it does not end between the two.
    const second = openSync(path, constants.O_WRONLY)
    const received = all(bytes, eat)
    await once(writer, 'close')
    closeSync(second)
    t.ok((await received).equals(sent))
  })
}

t.test('what is ready comes at once, in the room that is given if that is large enough', async t => {
  let room: Uint8Array | undefined = new Uint8Array(65536)
  const { path, bytes } = pipe(t, { places: () => ({ room: () => room }) })
  const writer = openSync(path, constants.O_WRONLY)
  writeSync(writer, 'one')
  const { value: one } = await bytes.next()
  t.equal(Buffer.from(one ?? []).toString(), 'one')
  t.equal(one?.buffer, room.buffer)
  room = new Uint8Array(100)
  const next = bytes.next()
  writeSync(writer, 'two')
  const { value: two } = await next
  t.equal(Buffer.from(two ?? []).toString(), 'two')
  t.not(two?.buffer, room.buffer)
  closeSync(writer)
  t.equal((await bytes.next()).done, true)
})

t.test('a stop ends it, or does not, by its reason', async t => {
  const ignoring = pipe(t)
  const writer = openSync(ignoring.path, constants.O_WRONLY)
  ignoring.stop.abort('ignored')
  writeSync(writer, 'still here')
  t.equal((await ignoring.bytes.next()).done, false)
  closeSync(writer)
  t.equal((await ignoring.bytes.next()).done, true)
  const stopped = pipe(t)
  const other = openSync(stopped.path, constants.O_WRONLY)
  const waiting = stopped.bytes.next()
  stopped.stop.abort('TERM')
  t.equal((await waiting).done, true)
  closeSync(other)
})
