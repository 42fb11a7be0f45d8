// zmq.mjs ROLE PORT OTHER SIZE AMOUNT HWM: as zmq.c, with the writers and readers of this project's library.
//   push     loses nothing, because it waits for room; `pull` looks into each meta, `pull-` into none
//   pub      the newest wins; `pubn` waits for room
//   ping, pong   over a pair of PUSH and PULL each way, the way back over the port OTHER
// A publisher's counts must add up: it prints them for its one reader.

import { newReaderInterface, newWriterInterface } from '../../../dist/index.js'

const [role, port, other, ...numbers] = process.argv.slice(2)
const [size, amount, hwm] = numbers.map(Number)
const data = new Uint8Array(size)
const WARM = 2000

const now = () => Number(process.hrtime.bigint()) / 1e9
const print = object => process.stdout.write(`${typeof object === 'string' ? object : JSON.stringify(object)}\n`)
const turn = () => new Promise(resolve => setImmediate(resolve))
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
const meta = seq => ({ seq, name: 'camera', dtype: 'uint8', shape: [size] })

function writer(className, port, options) {
  const endpoint = `tcp://127.0.0.1:${port}`
  return newWriterInterface({ class_name: className, endpoint, policy: 'block', ...options })
}

function reader(className, port) {
  return newReaderInterface({ class_name: className, endpoint: `tcp://127.0.0.1:${port}` })
}

/** Packets at full speed; often enough the link gets its turn. */
async function write(link, { until, wait }) {
  // As many as one turn of the writer takes at once.
  const many = Math.max(1, Math.min(256, Math.floor(65536 / (size + 64))))
  let seq = 0
  while (!until(seq)) {
    for (let turn = 0; turn < many && !until(seq); turn++) link.write(meta(seq++), data)
    await wait()
  }
  return seq
}

async function push() {
  const link = writer('zmq_pushpull', port, { buffer: Math.max(256, hwm) })
  await link.activate()
  await write(link, { until: seq => seq === amount, wait: () => link.room() })
  await link.close()
}

async function pull(look) {
  const link = reader('zmq_pushpull', port)
  let seq = 0
  let first = 0
  for await (const batch of link.batches()) {
    first ||= now()
    for (const packet of batch) {
      if (packet.data.length !== size || (look && packet.meta.seq !== seq)) {
        throw new Error(`packet ${JSON.stringify(packet.meta)} of ${packet.data.length} bytes instead of ${seq}`)
      }
      seq++
    }
    if (seq === amount) break
  }
  print({ received: seq, first, last: now() })
  await link.close()
}

async function publish(byTime) {
  const link = writer('zmq_pubsub', port, byTime ? { policy: 'latest' } : { buffer: 1024 })
  await link.activate()
  let told = 0
  process.stdin.on('data', () => told++).on('end', () => told++)
  while (told === 0) {
    link.write({ probe: 0 })
    await pause(1)
  }
  const before = link.counts()
  const end = now() + amount / 1e3
  const until = byTime ? () => now() >= end : seq => seq === amount
  const sent = await write(link, { until, wait: byTime ? turn : () => link.room() })
  await pause(50)
  const after = link.counts()
  const dropped = totalOf(after.dropped) - totalOf(before.dropped)
  print({ sent, delivered: after.sent - before.sent, dropped, pending: after.pending })
  while (told === 1) {
    link.write({ end: sent })
    await pause(5)
  }
  await link.close()
}

const totalOf = reasons => Object.values(reasons).reduce((sum, count) => sum + count, 0)

async function subscribe() {
  const link = reader('zmq_pubsub', port)
  let [received, newest, first, last, heard] = [0, -1, 0, 0, false]
  for await (const batch of link.batches()) {
    if (!heard) print('connected')
    heard = true
    const time = now()
    for (const packet of batch) {
      const { seq, end } = packet.meta
      if (end !== undefined) {
        print({ received, sent: end, newest, first, last })
        return link.close()
      }
      if (seq === undefined) continue
      if (seq <= newest) throw new Error(`${seq} after ${newest}`)
      newest = seq
      first ||= time
      last = time
      received++
    }
  }
}

async function ping() {
  const [there, back] = [writer('zmq_pullpush', other), reader('zmq_pushpull', port)]
  await Promise.all([there.activate(), back.activate()])
  const trips = []
  for (let trip = 0; trip < amount + WARM; trip++) {
    const start = now()
    there.write(meta(trip), data)
    await back.read()
    trips.push((now() - start) * 1e6)
  }
  const sorted = trips.slice(WARM).sort((a, b) => a - b)
  print({ p50: sorted[Math.floor(amount / 2)], p99: sorted[Math.floor(amount * 0.99)] })
  await Promise.all([there.close(), back.close()])
}

async function pong() {
  const [there, back] = [reader('zmq_pullpush', other), writer('zmq_pushpull', port)]
  await Promise.all([there.activate(), back.activate()])
  for (let trip = 0; trip < amount + WARM; trip++) {
    const packet = await there.read()
    back.write(packet.meta, packet.data)
  }
  await Promise.all([there.close(), back.close()])
}

const roles = {
  push,
  pull: () => pull(true),
  'pull-': () => pull(false),
  pub: () => publish(true),
  pubn: () => publish(false),
  sub: subscribe,
  ping,
  pong,
}
await roles[role]()
process.exit()
