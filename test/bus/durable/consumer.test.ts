// One consumer: what it does where its place cannot be written, and how far it reads ahead.

import t from 'tap'
import { Consumer } from '../../../src/bus/durable/consumer.ts'
import { Outbox } from '../../../src/bus/outbox.ts'
import { StageCount } from '../../../src/stream/ledger.ts'
import { line, openJournal, readAll } from '../../support/journal.ts'

t.test('while its place cannot be written nothing is delivered, and then all of it', async t => {
  const { journal } = await openJournal(t.testdir({}))
  for (const value of [0, 1, 2]) journal.append(line(value), 1)
  await journal.flushed()
  let attempts = 0
  const warnings: string[] = []
  const consumer = new Consumer({
    name: 'c',
    journal,
    floor: 0,
    delivered: 0,
    note() {},
    noted: () => (attempts++ === 0 ? Promise.reject(new Error('no space')) : Promise.resolve()),
    warn: message => warnings.push(message),
  })
  let text = ''
  const delivered = new Promise<void>(resolve => {
    const write = (chunks: readonly Uint8Array[]) => {
      if (attempts < 2) t.fail('delivered too early')
      text += Buffer.concat(chunks)
      resolve()
    }
    consumer.join({ outbox: new Outbox({ waiting: 0, write }, new StageCount()) }, ['t'])
  })
  // What the consumer waits with keeps no process alive.
  const alive = setInterval(() => {}, 1000)
  await delivered
  clearInterval(alive)
  t.equal(text, [0, 1, 2].map(value => line(value).toString()).join(''))
  t.same(warnings, ['consumer c waits: no space'])
  consumer.close()
  await journal.close()
})

t.test('long packets are not read far ahead of who takes them', async t => {
  const { journal } = await openJournal(t.testdir({}))
  const packets = 20
  for (let n = 0; n < packets; n++) journal.append(Buffer.from(`{"topic":"t","fill":"${'x'.repeat(2 ** 21)}"}\n`), 1)
  await journal.flushed()
  const consumer = new Consumer({
    name: 'c',
    journal,
    floor: 0,
    delivered: packets * 2,
    note() {},
    noted: () => Promise.resolve(),
    warn: message => t.fail(message),
  })
  const outbox = new Outbox({ waiting: Number.POSITIVE_INFINITY, write() {} }, new StageCount())
  outbox.bounds = { policy: 'block', packets: 1, bytes: 1 }
  consumer.join({ outbox }, ['t'])
  while (consumer.unacknowledged < 8) await readAll(journal.reader('first'))
  await readAll(journal.reader('first'))
  t.ok(consumer.unacknowledged < packets, `${consumer.unacknowledged} of ${packets}`)
  consumer.close()
  await journal.close()
})
