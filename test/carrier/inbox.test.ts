// The inbox: bytes in order, the feed paused in time, ends and errors after what came before.

import t from 'tap'
import { Inbox } from '../../src/carrier/inbox.ts'

function inboxOf() {
  const calls: string[] = []
  const inbox = new Inbox({
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    close: () => calls.push('close'),
  })
  return { inbox, calls }
}

t.test('what was pushed comes in order, also to who waited before', async t => {
  const { inbox, calls } = inboxOf()
  const waiting = inbox.next()
  inbox.push(Buffer.from('a'))
  inbox.push(Buffer.from('b'))
  inbox.end()
  t.same(await waiting, { done: false, value: Buffer.from('a') })
  t.same(await inbox.next(), { done: false, value: Buffer.from('b') })
  t.same(await inbox.next(), { done: true, value: undefined })
  t.same(calls, ['close'])
})

t.test('the feed is paused when enough is held, and resumed when all is taken', async t => {
  const { inbox, calls } = inboxOf()
  const chunk = Buffer.alloc(100_000)
  t.ok(inbox.push(chunk))
  t.ok(inbox.push(chunk))
  t.notOk(inbox.push(chunk))
  t.same(calls, ['pause'])
  for (let index = 0; index < 3; index++) await inbox.next()
  t.same(calls, ['pause', 'resume'])
})

t.test('an error comes once, after what was held', async t => {
  const { inbox } = inboxOf()
  inbox.push(Buffer.from('a'))
  inbox.end(new Error('broken'))
  t.notOk((await inbox.next()).done)
  await t.rejects(inbox.next(), { message: 'broken' })
  t.ok((await inbox.next()).done)
  const waited = inboxOf()
  const failed = t.rejects(waited.inbox.next(), { message: 'broken' })
  waited.inbox.end(new Error('broken'))
  await failed
  t.ok((await waited.inbox.next()).done)
})

t.test('return discards what is held, closes the feed, and ends who waits', async t => {
  const { inbox, calls } = inboxOf()
  inbox.push(Buffer.from('a'))
  await inbox.return()
  t.ok((await inbox.next()).done)
  t.same(calls, ['close'])
  const other = inboxOf()
  const waiting = other.inbox.next()
  await other.inbox.return()
  t.ok((await waiting).done)
})
