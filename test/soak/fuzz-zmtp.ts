// Recorded, damaged and random ZMTP sessions in random cuts: nothing is thrown, the cuts change nothing, memory stays
// bounded. node --import tsx test/soak/fuzz-zmtp.ts [ROUNDS] [SEED]

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DataError } from '../../src/errors.ts'
import { command } from '../../src/zmtp/command.ts'
import { commandFrame, encodeClear } from '../../src/zmtp/frame.ts'
import { greetingBytes } from '../../src/zmtp/greeting.ts'
import { encodeProperties } from '../../src/zmtp/metadata.ts'
import { NULL } from '../../src/zmtp/null.ts'
import { plainClient, plainServer } from '../../src/zmtp/plain.ts'
import type { Received } from '../../src/zmtp/received.ts'
import type { Session } from '../../src/zmtp/session.ts'
import { Subscriptions } from '../../src/zmtp/subscriptions.ts'
import { type End, joined, session, TURNED } from '../support/zmtp.ts'
import { belowOf, damaged } from './damage.ts'

const ROUNDS = Number(process.argv[2] ?? 1_000_000)
const SEED = process.argv[3] ?? String(Date.now())
const MEMORY = 512 * 2 ** 20
const MOST = 2 ** 20

const below = belowOf(SEED)
const ANN = { user: 'ann', password: 'secret' }

/** Long lengths, a command, the second half of a greeting. */
const BAITS = [
  ...['02000000000000ffff', '03ffffffffffffffff', '0600000000000f0000', '04060450494e470000'].map(hex =>
    Buffer.from(hex, 'hex'),
  ),
  greetingBytes(NULL).subarray(8),
]

interface Stream {
  readonly end: End
  readonly bytes: Buffer
}

function capture(name: string, end: End): Stream {
  const bytes = readFileSync(new URL(`../../fixtures/zmtp/${name}.bin`, import.meta.url))
  return { end: { ...end, maxMessage: MOST }, bytes }
}

const CAPTURES: readonly Stream[] = [
  capture('pubsub-null.pub', { type: 'SUB' }),
  capture('pubsub-null.sub', { type: 'PUB' }),
  capture('pubsub-plain.pub', { type: 'SUB', mechanism: plainClient(ANN) }),
  capture('pubsub-plain.sub', { type: 'XPUB', mechanism: plainServer([ANN]) }),
  capture('pushpull-null.push', { type: 'PULL' }),
  capture('pushpull-plain.pull', { type: 'PUSH', mechanism: plainServer([ANN]) }),
]
const OPENING = Buffer.concat([
  greetingBytes(NULL),
  commandFrame(command('READY', encodeProperties({ 'Socket-Type': Buffer.from('XSUB') }))),
])

const randomBytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)))

function randomMessages() {
  return Array.from({ length: below(6) }, () =>
    Array.from({ length: 1 + below(4) }, () =>
      below(30) === 0 ? Buffer.alloc(below(2 ** 17), below(256)) : randomBytes(below(300)),
    ),
  )
}

/** Valid sessions with random messages, random frames after a handshake, sealed traffic. */
const MAKERS: readonly (() => Stream)[] = [
  () => CAPTURES[below(CAPTURES.length)] ?? { end: { type: 'SUB' }, bytes: OPENING },
  () => ({ end: { type: 'XPUB' }, bytes: Buffer.concat([OPENING, ...encodeClear(randomMessages())]) }),
  () => ({ end: { type: 'XPUB' }, bytes: Buffer.concat([OPENING, randomFrames()]) }),
  () => {
    const end = { type: 'PULL', mechanism: TURNED } as const
    const { left, said } = joined({ type: 'PUSH', mechanism: TURNED }, end)
    const small = randomMessages().map(parts => parts.filter(part => part.length < 300))
    const bytes = Buffer.concat([...said.left, ...left.encode(small), ...left.ping(0, randomBytes(3))])
    return { end, bytes }
  },
]

function randomFrames(): Buffer {
  const frames = Array.from({ length: below(20) }, () => {
    const body = below(3) === 0 ? Buffer.from('\x04PING\x00\x00') : randomBytes(below(40))
    return Buffer.concat([
      Uint8Array.of(below(50) === 0 ? below(256) : ([0, 0, 1, 4][below(4)] ?? 0), body.length),
      body,
    ])
  })
  return Buffer.concat(frames)
}

/** Everything a session received, as a text that does not show the cuts. */
class Transcript {
  failure: DataError | undefined
  readonly #messages = createHash('sha1')
  readonly #subscriptions = createHash('sha1')
  readonly #replies = createHash('sha1')
  readonly #pongs = createHash('sha1')
  readonly #wanted = new Subscriptions()

  add(received: Received): void {
    for (const parts of received.messages) {
      if (parts.length === 0) throw new Error('a message without parts')
      this.#messages.update(`${parts.length} parts `)
      for (const part of parts) this.#messages.update(`${part.length} `).update(part)
    }
    for (const { subscribe, prefix } of received.subscriptions) {
      this.#subscriptions.update(`${subscribe} ${prefix.length} `).update(prefix)
      if (subscribe) this.#wanted.subscribe(prefix)
      else this.#wanted.cancel(prefix)
    }
    for (const bytes of received.reply) this.#replies.update(bytes)
    for (const context of received.pongs) this.#pongs.update(`${context.length} `).update(context)
    this.failure = received.failure
  }

  end(session: Session): string {
    if (this.failure !== undefined && !(this.failure instanceof DataError && this.failure.reason !== '')) {
      throw new Error(`not a fault of data: ${this.failure}`)
    }
    for (const bytes of session.farewell()) this.#replies.update(bytes)
    const hashes = [this.#messages, this.#subscriptions, this.#replies, this.#pongs].map(hash => hash.digest('hex'))
    // What a bad greeting begins with is told as far as it came.
    const fault = this.failure?.message.replace(/begins with ".*"/, 'begins with')
    return `${hashes.join(' ')} ${session.ignored} ${session.timeToLive} ${fault}`
  }
}

/** Feeds a session by `room` where it has some, in cuts of the lengths given. */
function run({ end, bytes }: Stream, cut: () => number): { readonly text: string; readonly failed: boolean } {
  const made = session(end)
  const transcript = new Transcript()
  for (let at = 0; at < bytes.length; ) {
    const room = made.room()
    const length = Math.min(cut(), bytes.length - at, room?.length ?? Number.POSITIVE_INFINITY)
    const piece = bytes.subarray(at, at + length)
    if (room) {
      if (room.buffer.byteLength > 2 * MOST) throw new Error(`${room.buffer.byteLength} bytes for a part`)
      room.set(piece)
      transcript.add(made.filled(length))
    } else {
      transcript.add(made.push(piece))
    }
    at += length
  }
  return { text: transcript.end(made), failed: transcript.failure !== undefined }
}

let failures = 0
for (let round = 0; round < ROUNDS; round++) {
  const made = MAKERS[below(MAKERS.length)]?.()
  if (!made) continue
  const isValid = below(4) === 0
  const stream = isValid ? made : { end: made.end, bytes: damaged(made.bytes, below, BAITS) }
  try {
    const whole = run(stream, () => stream.bytes.length)
    const most = [4, 40, 400, 4000][below(4)] ?? 4
    const cut = run(stream, () => 1 + below(most))
    if (whole.text !== cut.text) throw new Error(`the cuts matter: ${whole.text} in one, ${cut.text} in many`)
    if (whole.failed) failures++
  } catch (error) {
    process.stdout.write(`seed ${SEED}, round ${round}, ${stream.end.type}: ${stream.bytes.toString('base64')}\n`)
    throw error
  }
  if (round % 4096 === 0 && process.memoryUsage.rss() > MEMORY)
    throw new Error(`${process.memoryUsage.rss()} bytes of memory`)
}
process.stdout.write(`fuzz: ${ROUNDS} ZMTP sessions, ${failures} ended by a fault, seed ${SEED}\n`)
if (failures === 0) process.exit(1)
