// The log: several stores at once, some of which die.

import { EventEmitter, once } from 'node:events'
import t from 'tap'
import { CarrierError, DataError, ReaderGone } from '../../src/errors.ts'
import { type Batch, packet } from '../../src/packet.ts'
import { Log, type LogOptions } from '../../src/store/log.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { Ledger } from '../../src/stream/ledger.ts'

const numbers = (...values: number[]): Batch => values.map(value => packet({ value }))
const values = (store: ReturnType<typeof memoryStore>) => [...store.packets].map(({ meta }) => meta['value'])

function createLog(options: Partial<LogOptions> = {}) {
  const ledger = new Ledger()
  const warnings: string[] = []
  const log = new Log({ ledger, warn: message => warnings.push(message), sync: 'interval', ...options })
  return { log, ledger, warnings, memory: (name: string) => memoryStore({ name, ledger }) }
}

/** A store that fails at its n-th write, synchronously or not, or at a commit. */
function failing(
  ledger: Ledger,
  { at = 1, later = false, commit = false, error = new CarrierError('bad:', 'disk on fire') as Error } = {},
): Store & { closed: number } {
  const count = ledger.stage('bad:')
  let writes = 0
  return {
    name: 'bad:',
    closed: 0,
    write(batch) {
      count.in += batch.length
      if (++writes !== at) {
        count.out += batch.length
        return
      }
      if (later) return new Promise((_, reject) => setImmediate(() => reject(error)))
      throw error
    },
    async commit() {
      if (commit) throw error
    },
    async close() {
      this.closed++
    },
  }
}

t.test('each store gets every packet', async t => {
  const { log, memory } = createLog()
  const [one, two] = [memory('memory:1'), memory('memory:2')]
  log.add(one)
  log.add(two)
  log.add(two)
  await log.write(numbers(1, 2))
  await log.commit()
  await log.close()
  t.same(values(one), [1, 2])
  t.same(values(two), [1, 2])
})

t.test('stores are added and removed while it runs', async t => {
  const { log, memory, ledger } = createLog()
  const [one, two] = [memory('memory:1'), memory('memory:2')]
  log.add(one)
  await log.write(numbers(1))
  log.add(two)
  await log.write(numbers(2))
  await log.remove(one)
  await log.remove(one)
  await log.write(numbers(3))
  t.same(values(one), [1, 2])
  t.same(values(two), [2, 3])
  t.same(log.stores, [two])
  t.equal(ledger.lost, 0)
})

t.test('a removed store is drained before it is closed', async t => {
  const { log } = createLog()
  const events: string[] = []
  let finish = () => {}
  const slow: Store = {
    name: 'slow:',
    write: () =>
      new Promise(resolve => {
        finish = () => {
          events.push('written')
          resolve()
        }
      }),
    async close() {
      events.push('closed')
    },
  }
  log.add(slow)
  const writing = log.write(numbers(1))
  const removing = log.remove(slow)
  finish()
  await Promise.all([writing, removing])
  t.same(events, ['written', 'closed'])
})

for (const later of [false, true]) {
  t.test(`a dead store does not stop the others (${later ? 'later' : 'at once'})`, async t => {
    const { log, ledger, warnings, memory } = createLog()
    const good = memory('memory:good')
    const bad = failing(ledger, { at: 2, later })
    log.add(bad)
    log.add(good)
    for (let n = 0; n < 4; n++) await log.write(numbers(n, n))
    await log.close()
    t.equal(values(good).length, 8)
    t.same(warnings, ['bad:: disk on fire; the other stores go on without it'])
    t.match(ledger.report()['bad:'], { in: 8, out: 2, dropped: { 'store failed': 6 } })
    t.equal(bad.closed, 1)
  })
}

t.test(
  'a failing store ends the run when it is the last, with --strict, and where the input is acknowledged',
  async t => {
    const alone = createLog()
    alone.log.add(failing(alone.ledger))
    await t.rejects(alone.log.write(numbers(1)), /bad:: disk on fire/)
    t.equal(alone.ledger.lost, 1)
    for (const options of [{ strict: true }, { acknowledged: true }]) {
      const { log, ledger, memory } = createLog(options)
      const good = memory('memory:')
      log.add(failing(ledger))
      log.add(good)
      await t.rejects(log.write(numbers(1)), CarrierError)
      t.same(values(good), [1], 'the others got the batch all the same')
      await log.close()
    }
  },
)

t.test('a commit that fails is a store that fails', async t => {
  const { log, ledger, memory } = createLog({ acknowledged: true })
  log.add(failing(ledger, { at: 0, commit: true }))
  log.add(memory('memory:'))
  await log.write(numbers(1))
  await t.rejects(log.commit(), /disk on fire/)
})

t.test('with sync always what was written is committed when nothing more comes, or when it is much', async t => {
  const { log } = createLog({ sync: 'always' })
  let written = 0
  let committed = 0
  const commits = new EventEmitter()
  log.add({
    name: 'x:',
    write(batch) {
      written += batch.length
    },
    commit() {
      committed = written
      commits.emit('commit')
    },
    async close() {},
  })
  const idle = once(commits, 'commit')
  await log.write(numbers(1, 2))
  await log.write(numbers(3))
  t.equal(committed, 0, 'more may be ready')
  await idle
  t.equal(committed, 3)
  for (let count = 0; count < 999; count++) await log.write(numbers(count))
  t.equal(committed, 3)
  await log.write(numbers(1))
  t.equal(committed, 1003, 'a thousand')
  await log.write(numbers(1))
  await log.commit()
  t.equal(committed, 1004, 'for an acknowledgement')
  await log.write(numbers(1))
  await log.close()
  t.equal(committed, 1005, 'at the end')
})

t.test('a commit that fails while nobody waits is told by the next call', async t => {
  const { log } = createLog({ sync: 'always' })
  const failed = new EventEmitter()
  log.add({
    name: 'x:',
    write() {},
    commit() {
      failed.emit('commit')
      throw new CarrierError('x:', 'no disk')
    },
    async close() {},
  })
  const commit = once(failed, 'commit')
  await log.write(numbers(1))
  await commit
  await t.rejects(log.close(), new CarrierError('x:', 'no disk'))
})

t.test('what is thrown keeps its kind, so that the exit code is right', async t => {
  const { log, ledger } = createLog()
  log.add(failing(ledger, { error: new ReaderGone('gone') }))
  await t.rejects(log.write(numbers(1)), ReaderGone)
  const odd = createLog()
  odd.log.add(failing(odd.ledger, { error: new TypeError('odd') }))
  await t.rejects(odd.log.write(numbers(1)), new CarrierError('bad:', 'odd'))
  const strict = createLog()
  strict.log.add(failing(strict.ledger, { error: new DataError({ source: 'x' }, 'no such column') }))
  strict.log.add(strict.memory('memory:'))
  await t.rejects(strict.log.write(numbers(1)), DataError, 'a reject that ends the run is no dead store')
})

t.test('all stores are closed, and the first that fails is told', async t => {
  const { log, memory, ledger } = createLog()
  const store = failing(ledger)
  log.add({
    name: 'worse:',
    write() {},
    async close() {
      throw new CarrierError('worse:', 'cannot close')
    },
  })
  log.add(store)
  log.add(memory('memory:'))
  await t.rejects(log.close(), /cannot close/)
  t.equal(store.closed, 1)
})

t.test('reopen reaches every store that can', async t => {
  const { log, memory } = createLog()
  let reopened = 0
  log.add(memory('memory:'))
  log.add({
    name: 'x:',
    write() {},
    async close() {},
    async reopen() {
      reopened++
    },
  })
  await log.reopen()
  t.equal(reopened, 1)
})
