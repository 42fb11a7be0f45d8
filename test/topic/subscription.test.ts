// Announcements, and who remembers them.

import t from 'tap'
import { type Announcement, Subscribers, Subscription } from '../../src/topic/subscription.ts'

t.test('a subscription is announced at once and again and again', async t => {
  const subscription = new Subscription({ id: 'u', dataset: 'p' })
  t.same(subscription.announce(1000), { id: 'u', dataset: 'p', every: 30_000, again: false })
  t.equal(subscription.announce(30_999), undefined)
  t.equal(subscription.due, 31_000)
  for (let round = 1; round < 100; round++) t.ok(subscription.announce(1000 + round * 30_000))
  subscription.hurry()
  t.ok(subscription.announce(1000 + 99 * 30_000 + 1))
  t.match(subscription.askAgain(), { id: 'u', again: true })
})

const announcement = (id: string, dataset: string, again = false): Announcement => ({ id, dataset, every: 100, again })

t.test('an announcement is new once, and again when it asks', async t => {
  const subscribers = new Subscribers<string>()
  t.notOk(subscribers.has('p'))
  t.ok(subscribers.take(announcement('u', 'p'), 'alice', 0))
  t.notOk(subscribers.take(announcement('u', 'p'), 'alice', 50))
  t.ok(subscribers.take(announcement('u', 'p', true), 'alice', 60))
  t.ok(subscribers.take(announcement('v', 'p'), 'alice', 60), 'a second subscription of the same subscriber is its own')
  t.ok(subscribers.has('p'))
  t.same(
    [...subscribers.of('p')],
    [
      ['u', 'alice'],
      ['v', 'alice'],
    ],
  )
})

t.test('it is told where it announced itself last', async t => {
  const subscribers = new Subscribers<string>()
  subscribers.take(announcement('u', 'p'), 'old connection', 0)
  subscribers.take(announcement('u', 'p'), 'new connection', 10)
  t.same([...subscribers.of('p')], [['u', 'new connection']])
  t.ok(subscribers.take(announcement('u', 'q'), 'new connection', 20), 'another dataset is a new subscription')
  t.notOk(subscribers.has('p'))
  t.ok(subscribers.has('q'))
})

t.test('one that was removed may come back; one that is silent is taken for gone', async t => {
  const subscribers = new Subscribers<string>()
  subscribers.take(announcement('u', 'p'), 'alice', 0)
  t.ok(subscribers.remove('u'))
  t.notOk(subscribers.remove('u'))
  t.notOk(subscribers.has('p'))
  t.ok(subscribers.take(announcement('u', 'p'), 'alice', 10))
  subscribers.take(announcement('v', 'p'), 'bob', 300)
  t.same(subscribers.expire(409), [])
  t.same(subscribers.expire(410), ['u'])
  t.same([...subscribers.of('p')], [['v', 'bob']])
  t.ok(subscribers.take(announcement('u', 'p'), 'alice', 500), 'it gets a snapshot again')
})
