// Silence: noticed when there is some, not where somebody answered, is held up, or need not answer.

import t from 'tap'
import { Silence, type SilenceOptions } from '../../../src/carrier/zmq/silence.ts'

function listen(options: Partial<SilenceOptions> = {}) {
  const state = { heard: 0, asked: 0, silent: 0, held: false }
  const silence = new Silence({
    every: 5,
    heard: () => state.heard,
    held: () => state.held,
    silent: () => state.silent++,
    ...options,
  })
  return { state, silence }
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

t.test('a peer that is silent from one look to the next', async t => {
  const { state } = listen()
  await pause(30)
  t.equal(state.silent, 1, 'is noticed, once')
})

t.test('a peer that answers each question', async t => {
  const { state, silence } = listen({
    ask: () => {
      state.asked++
      setImmediate(() => state.heard++)
      return true
    },
  })
  await pause(60)
  silence.stop()
  t.ok(state.asked > 2)
  t.equal(state.silent, 0)
})

t.test('a peer that need not answer, and one that is held up', async t => {
  const unasked = listen({ ask: () => false })
  const held = listen({ held: () => true })
  await pause(40)
  unasked.silence.stop()
  held.silence.stop()
  t.equal(unasked.state.silent + held.state.silent, 0)
})

t.test('what came while this process was busy counts', async t => {
  const { state, silence } = listen()
  setTimeout(() => {
    const end = performance.now() + 30
    while (performance.now() < end);
    // As if it were read in the turn of the sockets, which comes after that of the timers.
    setImmediate(() => state.heard++)
  }, 1)
  await pause(35)
  silence.stop()
  t.equal(state.silent, 0)
})

t.test('nothing is noticed after the end', async t => {
  const { state, silence } = listen()
  silence.stop()
  await pause(20)
  t.equal(state.silent, 0)
})
