// Several publishers, several subscriptions, one subscriber.

import t from 'tap'
import { Dataset } from '../../src/topic/dataset.ts'
import { PATIENCE_MS } from '../../src/topic/replica.ts'
import { Replicas } from '../../src/topic/replicas.ts'
import { type Announcement, Subscribers, Subscription } from '../../src/topic/subscription.ts'

/** A publisher with its datasets and those that it tells; what it sends is taken at once. */
class Publisher {
  readonly #datasets = new Map<string, Dataset>()
  readonly #subscribers = new Subscribers<Replicas>()
  readonly #name: string
  sent = 0

  constructor(name: string) {
    this.#name = name
  }

  take(announcement: Announcement, subscriber: Replicas, now: number): void {
    if (!this.#subscribers.take(announcement, subscriber, now)) return
    this.#send(subscriber, announcement.id, this.#dataset(announcement.dataset).snapshot(), now)
  }

  remove(id: string): void {
    this.#subscribers.remove(id)
  }

  publish(dataset: string, rows: readonly number[], now: number): void {
    const delta = this.#dataset(dataset).publish(rows)
    if (!delta) return
    for (const [id, subscriber] of this.#subscribers.of(dataset)) this.#send(subscriber, id, delta, now)
  }

  #send(subscriber: Replicas, subscription: string, update: Parameters<Replicas['take']>[1], now: number): void {
    this.sent++
    const applied = subscriber.take({ subscription, publisher: this.#name }, update, now)
    if (!applied) this.remove(subscription)
  }

  #dataset(name: string): Dataset {
    const known = this.#datasets.get(name)
    if (known) return known
    const dataset = new Dataset(`${this.#name} began`)
    this.#datasets.set(name, dataset)
    return dataset
  }
}

function rowsOf(replicas: Replicas, subscription: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...(replicas.of(subscription) ?? [])].map(([publisher, replica]) => [publisher, replica.rows.toSorted()]),
  )
}

t.test('one announcement three times is one snapshot; then what is published', async t => {
  const publisher = new Publisher('test2')
  const replicas = new Replicas()
  const subscription = new Subscription({ id: 'u', dataset: 'p', every: 10 })
  t.ok(replicas.subscribe('u'))
  t.notOk(replicas.subscribe('u'))
  for (const now of [0, 10, 20]) {
    const announcement = subscription.announce(now)
    if (announcement) publisher.take(announcement, replicas, now)
  }
  t.equal(publisher.sent, 1)
  publisher.publish('p', [42], 30)
  t.same(rowsOf(replicas, 'u'), { test2: [42] })
})

t.test('two publishers on one address feed one subscription', async t => {
  const boston = new Publisher('vSphere.Boston')
  const chicago = new Publisher('vSphere.Chicago')
  boston.publish('list', [1], 0)
  chicago.publish('list', [2, 3], 0)
  const replicas = new Replicas()
  replicas.subscribe('u')
  const announcement = new Subscription({ id: 'u', dataset: 'list' }).announce(0)
  for (const publisher of [boston, chicago]) if (announcement) publisher.take(announcement, replicas, 0)
  t.equal(boston.sent + chicago.sent, 2)
  t.same(rowsOf(replicas, 'u'), { 'vSphere.Boston': [1], 'vSphere.Chicago': [2, 3] })
})

t.test('of two subscriptions one is given up, and the other one goes on', async t => {
  const publisher = new Publisher('a')
  const replicas = new Replicas()
  for (const id of ['p', 'q']) {
    replicas.subscribe(id)
    const announcement = new Subscription({ id, dataset: id }).announce(0)
    if (announcement) publisher.take(announcement, replicas, 0)
  }
  t.ok(replicas.unsubscribe('q'))
  t.notOk(replicas.unsubscribe('q'))
  publisher.publish('q', [1], 1)
  publisher.publish('p', [2], 1)
  t.same(rowsOf(replicas, 'p'), { a: [2] })
  t.equal(replicas.of('q'), undefined)
  const { sent } = publisher
  publisher.publish('q', [3], 2)
  t.equal(publisher.sent, sent, 'the publisher was told by the first that nobody wanted')
})

t.test('publishers from which a snapshot is missing are named, and one that is gone is forgotten', async t => {
  const replicas = new Replicas()
  replicas.subscribe('u')
  const lost = new Dataset('e').heartbeat()
  replicas.take({ subscription: 'u', publisher: 'a' }, lost, 0)
  t.same(replicas.wants(PATIENCE_MS - 1), [])
  t.same(replicas.wants(PATIENCE_MS), [{ subscription: 'u', publisher: 'a', reason: 'silent' }])
  t.ok(replicas.forget({ subscription: 'u', publisher: 'a' }))
  t.same(replicas.wants(PATIENCE_MS * 3), [])
  t.equal(replicas.take({ subscription: 'v', publisher: 'a' }, lost, 0), undefined)
})
