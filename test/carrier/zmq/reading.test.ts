// The memory that a socket reads into: large parts in place, the rest in slabs that are never written twice.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import t from 'tap'
import { Reading } from '../../../src/carrier/zmq/reading.ts'

/** Reads into it as a socket does: asks for memory, fills some of it, tells how much. */
function reader() {
  const pushed: Uint8Array[] = []
  const state = { part: new Uint8Array(0), filled: 0 }
  const reading = new Reading()
  reading.target = {
    room: () => (state.filled < state.part.length ? state.part.subarray(state.filled) : undefined),
    filled: bytes => {
      state.filled += bytes
    },
    push: bytes => pushed.push(bytes),
  }
  const { buffer, callback } = reading.onread
  const memory = () => (typeof buffer === 'function' ? buffer() : buffer)
  let next = memory()
  /** As much of the bytes as there is room for. */
  const read = (bytes: Uint8Array): number => {
    const length = Math.min(bytes.length, next.length)
    next.set(bytes.subarray(0, length))
    callback(length, next)
    next = memory()
    return length
  }
  return { pushed, state, read }
}

t.test('what was read is not written over', async t => {
  const { pushed, read } = reader()
  for (let i = 0; i < 2000; i++) read(Buffer.alloc(100, i))
  t.equal(pushed.length, 2000)
  t.ok(pushed.every((bytes, i) => bytes.length === 100 && bytes.every(byte => byte === i % 256)))
})

t.test('a large part is read into its own memory, and after it only a little into a slab', async t => {
  const { pushed, state, read } = reader()
  read(Buffer.from('header'))
  state.part = new Uint8Array(300_000)
  read(Buffer.from('body'))
  t.equal(pushed.length, 2, 'the memory had been chosen before the part was known')
  const lengths: number[] = []
  while (state.filled < 300_000) lengths.push(read(new Uint8Array(300_000 - state.filled).fill(7)))
  t.same(lengths, [131072, 131072, 37856])
  t.ok(state.part.every(byte => byte === 7))
  t.equal(pushed.length, 2)
  t.equal(read(Buffer.alloc(100_000)), 4096)
  t.ok(read(Buffer.alloc(100_000)) > 4096)
})

t.test('reads a stream', async t => {
  const server = createServer(socket => socket.end(Buffer.alloc(3_000_000, 'abc')))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  const { pushed, ...target } = { pushed: [] as Uint8Array[], room: () => undefined, filled: () => {} }
  const reading = new Reading()
  reading.target = { ...target, push: bytes => pushed.push(bytes) }
  const socket = connect({ port: address && typeof address === 'object' ? address.port : 0, onread: reading.onread })
  await once(socket, 'close')
  server.close()
  t.ok(Buffer.concat(pushed).equals(Buffer.alloc(3_000_000, 'abc')))
})
