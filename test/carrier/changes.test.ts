import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Changes } from '../../src/carrier/changes.ts'

t.test('a change to the name is told soon, also one from before somebody waited', async t => {
  const folder = t.testdir({})
  const changes = new Changes({ folder, name: 'a' }, new AbortController().signal)
  t.teardown(() => changes.close())
  const first = changes.next()
  writeFileSync(join(folder, 'a'), '1')
  await first
  writeFileSync(join(folder, 'a'), '2')
  await changes.next()
})

t.test('where nothing is told, it is time to look all the same', async t => {
  const begun = performance.now()
  const changes = new Changes({ folder: join(t.testdir({}), 'none') }, new AbortController().signal)
  t.teardown(() => changes.close())
  await changes.next()
  t.ok(performance.now() - begun > 400)
})

t.test('a stop ends the waiting', async t => {
  const stop = new AbortController()
  const changes = new Changes({ folder: t.testdir({}) }, stop.signal)
  t.teardown(() => changes.close())
  const begun = performance.now()
  const waiting = changes.next()
  stop.abort()
  await waiting
  await changes.next()
  t.ok(performance.now() - begun < 400)
})
