// Demand: who is there, several sinks together, and inputs that are open only while somebody wants them.

import t from 'tap'
import { type Batch, packet } from '../../src/packet.ts'
import { Audience, JointDemand, onDemand } from '../../src/stream/demand.ts'
import { until } from '../support/carrier.ts'

const { signal: never } = new AbortController()

function changes(demand: { onChange(act: () => void): () => void; readonly wanted: boolean }): boolean[] {
  const seen: boolean[] = []
  demand.onChange(() => seen.push(demand.wanted))
  return seen
}

t.test('an audience wants while somebody is there, and tells of changes alone', async t => {
  const audience = new Audience()
  const seen = changes(audience)
  t.equal(audience.wanted, false)
  const first = audience.enter()
  const second = audience.enter()
  first()
  first()
  t.equal(audience.wanted, true, 'who leaves twice leaves once')
  second()
  t.same(seen, [true, false])
})

t.test('a listener that was taken back hears no more, also of two that are the same function', async t => {
  const audience = new Audience()
  let calls = 0
  const act = () => {
    calls++
  }
  const forget = audience.onChange(act)
  audience.onChange(act)
  forget()
  audience.enter()
  t.equal(calls, 1)
})

t.test('several sinks want together while one of them does', async t => {
  const joint = new JointDemand()
  const [a, b] = [new Audience(), new Audience()]
  t.equal(joint.wanted, true, 'nobody was asked')
  joint.add(a)
  joint.add(b)
  t.equal(joint.wanted, false)
  const seen = changes(joint)
  const leaveA = a.enter()
  const leaveB = b.enter()
  leaveA()
  leaveB()
  t.same(seen, [true, false])
  joint.add(undefined)
  t.equal(joint.wanted, true, 'a file always takes')
  t.same(seen, [true, false, true])
})

/** A source that counts how often it was opened, and gives a packet each time the test says so. */
function upstream() {
  const state = { opened: 0, open: false, end: () => {}, give: () => {} }
  async function* source(stop: AbortSignal): AsyncGenerator<Batch> {
    const number = ++state.opened
    state.open = true
    let ended = false
    let waiting = 0
    let wake = () => {}
    state.give = () => {
      waiting++
      wake()
    }
    state.end = () => {
      ended = true
      wake()
    }
    stop.addEventListener('abort', () => state.end())
    try {
      for (;;) {
        while (waiting > 0) {
          waiting--
          yield [packet({ number })]
        }
        if (ended) return
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    } finally {
      state.open = false
    }
  }
  return { state, source }
}

t.test('an input is open while it is wanted, closed after the hold, opened again, and over at its end', async t => {
  const audience = new Audience()
  const { state, source } = upstream()
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const batch of onDemand(source, { demand: audience, stop: never, hold: 1, stage: 'input' }))
      seen.push(...batch.map(({ meta }) => meta))
  })()
  await new Promise(resolve => setImmediate(resolve))
  t.equal(state.opened, 0, 'nobody wants it')
  const leave = audience.enter()
  await until(() => state.open)
  state.give()
  await until(() => seen.length === 1)
  leave()
  await until(() => !state.open)
  audience.enter()
  await until(() => state.opened === 2 && state.open)
  state.give()
  await until(() => seen.length === 3)
  state.end()
  await reading
  t.same(seen, [{ number: 1 }, { gap: { lost: 0, reason: 'not wanted', stage: 'input' } }, { number: 2 }])
})

t.test('who comes back within the hold finds it open', async t => {
  const audience = new Audience()
  const { state, source } = upstream()
  const reading = (async () => {
    for await (const _ of onDemand(source, { demand: audience, stop: never, hold: 60_000, stage: 'input' }));
  })()
  const leave = audience.enter()
  await until(() => state.open)
  leave()
  audience.enter()
  t.equal(state.open, true)
  t.equal(state.opened, 1)
  state.end()
  await reading
})

t.test('a stop ends it while it waits, and while it is open', async t => {
  for (const wanted of [false, true]) {
    const audience = new Audience()
    const stop = new AbortController()
    const { state, source } = upstream()
    const reading = (async () => {
      for await (const _ of onDemand(source, { demand: audience, stop: stop.signal, stage: 'input' }));
    })()
    if (wanted) {
      audience.enter()
      await until(() => state.open)
    }
    stop.abort('SIGTERM')
    await reading
    t.equal(state.opened, wanted ? 1 : 0)
  }
})

t.test('without outputs that say so, it is always wanted', async t => {
  async function* source(): AsyncGenerator<Batch> {
    yield [packet({ number: 1 })]
  }
  const seen: Batch[] = []
  for await (const batch of onDemand(source, { demand: undefined, stop: never, stage: 'input' })) seen.push(batch)
  t.equal(seen.length, 1)
})
