// Where sensors live: whatever holds them, they wait when told to, and say what is wrong.

import t, { type Test } from 'tap'
import { UsageError } from '../../src/errors.ts'
import { ISOLATIONS, type Isolation, openHabitat } from '../../src/sensor/habitat.ts'
import type { Block } from '../../src/sensor/link.ts'
import type { RunningSensor } from '../../src/sensor/running.ts'
import type { SensorOrders } from '../../src/sensor/sensor.ts'

/** One message a block, as fast as possible. */
const ORDERS: SensorOrders = {
  config: {
    index: 0,
    name: 'A',
    probe: 'random',
    interval: 0,
    range: { min: -100, max: 100, digits: 0 },
    count: 300,
  },
  seed: '1',
  scheduled: true,
  speed: null,
  block: 1,
  from: 0,
}

interface Life {
  readonly sensor: RunningSensor
  readonly messages: () => number
  /** The blocks that came, and why nothing more will, once that is so. */
  readonly over: Promise<{ readonly blocks: readonly Block[]; readonly reason: string }>
  /** Resolves when the next block of this kind comes. */
  readonly next: (kind: Block['kind']) => Promise<void>
}

function live(t: Test, isolation: Isolation, orders: SensorOrders, onBlock: (block: Block) => void = () => {}): Life {
  const habitat = openHabitat(isolation, 'pipe')
  const blocks: Block[] = []
  const waiting: { readonly kind: Block['kind']; readonly resolve: () => void }[] = []
  let finish: (end: { blocks: readonly Block[]; reason: string }) => void = () => {}
  const over = new Promise<{ blocks: readonly Block[]; reason: string }>(resolve => {
    finish = resolve
  })
  const sensor = habitat.launch(orders, {
    block(block) {
      blocks.push(block)
      for (const { kind, resolve } of waiting) if (kind === block.kind) resolve()
      onBlock(block)
    },
    gone: reason => finish({ blocks, reason }),
  })
  t.teardown(() => {
    sensor.kill()
    return habitat.close()
  })
  return {
    sensor,
    messages: () => blocks.reduce((sum, { count }) => sum + count, 0),
    over,
    next: kind => new Promise(resolve => waiting.push({ kind, resolve })),
  }
}

// A thread begins with the bundle only, which tests of the command run: a loader of TypeScript does not reach it.
const FROM_SOURCE = ISOLATIONS.filter(isolation => isolation !== 'thread')

for (const isolation of FROM_SOURCE) {
  t.test(`isolation ${isolation}: a sensor that is paused goes on where it was`, async t => {
    let held = 0
    const life = live(t, isolation, ORDERS, ({ kind }) => {
      if (kind !== 'lines' || held > 0) return
      held++
      life.sensor.pause()
      setImmediate(() => life.sensor.resume())
    })
    await life.next('ready')
    t.equal(life.messages(), 0, 'nothing before the start')
    life.sensor.start({ start: 0, realStart: 0 })
    const { blocks, reason } = await life.over
    t.equal(reason, 'ended')
    t.equal(held, 1)
    t.equal(life.messages(), 300)
    t.equal(blocks.at(-1)?.kind, 'end')
    const values = blocks
      .filter(({ kind }) => kind === 'lines')
      .map(({ payload }) => JSON.parse(`${Buffer.from(payload)}`))
    t.equal(new Set(values.map(({ id }) => id)).size, 300, 'each message once')
  })

  t.test(`isolation ${isolation}: paused for good, it sends no more than what was on its way`, async t => {
    const orders = { ...ORDERS, config: { ...ORDERS.config, count: 1_000_000 } }
    const life = live(t, isolation, orders, ({ kind }) => {
      if (kind === 'lines') life.sensor.pause()
    })
    await life.next('ready')
    const first = life.next('lines')
    life.sensor.start({ start: 0, realStart: 0 })
    await first
    await new Promise(resolve => setTimeout(resolve, 50))
    t.ok(life.messages() < 10_000, `${life.messages()} of a million`)
  })

  t.test(`isolation ${isolation}: a sensor that cannot begin says why`, async t => {
    const life = live(t, isolation, { ...ORDERS, config: { ...ORDERS.config, probe: 'replay:/no/such/file.csv' } })
    const { blocks } = await life.over
    t.equal(blocks[0]?.kind, 'failure')
    t.match(Buffer.from(blocks[0]?.payload ?? []).toString(), /\/no\/such\/file\.csv: no such file/)
  })
}

t.test('only processes have a connection to choose', async t => {
  t.throws(() => openHabitat('thread', 'socket'), UsageError)
})
