// What all engines share: a client that is not installed, and patience.

import t from 'tap'
import { libraryOf } from '../../../src/bus/engine/library.ts'
import { Comebacks, reach, Unreachable } from '../../../src/bus/engine/patience.ts'
import { CarrierError } from '../../../src/errors.ts'

t.test('a client that is not installed is named, with the remedy', async t => {
  const missing = libraryOf('amqp://host', 'a-package-that-nobody-has')
  await t.rejects(
    missing,
    new CarrierError(
      'amqp://host',
      "the package 'a-package-that-nobody-has' is not installed: npm install a-package-that-nobody-has",
    ),
  )
})

const link = () => ({
  closed: false,
  async close() {
    this.closed = true
  },
})

t.test('trying again, said once', async t => {
  const warnings: string[] = []
  const stop = new AbortController()
  const patience = { name: 'bus', wait: 10_000, stop: stop.signal, warn: (text: string) => warnings.push(text) }
  let attempts = 0
  const found = link()
  const open = async () => {
    attempts++
    if (attempts === 1) throw new Unreachable('is starting')
    if (attempts === 2)
      throw Object.assign(new Error('no'), { cause: Object.assign(new Error(''), { code: 'ECONNRESET' }) })
    return found
  }
  t.equal(await reach(open, patience), found)
  t.same([attempts, warnings], [3, ['bus: is starting, trying again']])
  await t.rejects(
    reach(() => Promise.reject(new CarrierError('bus', 'wrong password')), patience),
    /wrong password/,
  )
  await t.rejects(
    reach(() => Promise.reject(new Unreachable('is starting')), { ...patience, wait: 0 }),
    /bus: is starting$/,
  )
})

t.test('a stop ends the wait, and a connection that comes too late is closed', async t => {
  const stop = new AbortController()
  const patience = { name: 'bus', wait: 10_000, stop: stop.signal, warn: () => {} }
  const late = link()
  let arrive = (_: typeof late) => {}
  const opening = reach(
    () =>
      new Promise<typeof late>(resolve => {
        arrive = resolve
      }),
    patience,
  )
  stop.abort()
  t.equal(await opening, undefined)
  arrive(late)
  await new Promise(resolve => setImmediate(resolve))
  t.ok(late.closed)
})

t.test(
  'a connection that does not last is made again at once the first time, and after a pause from then on',
  async t => {
    const comebacks = new Comebacks()
    const { signal } = new AbortController()
    const atOnce: boolean[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      comebacks.begin()
      let isOver = false
      const waiting = comebacks.wait(signal).then(() => {
        isOver = true
      })
      for (let turn = 0; turn < 10; turn++) await undefined
      atOnce.push(isOver)
      await waiting
    }
    t.same(atOnce, [true, false, false])
  },
)
