// Instances that join and leave.

import t from 'tap'
import { Directory } from '../../src/topic/directory.ts'
import { Router } from '../../src/topic/router.ts'

function empty() {
  const router = new Router<string>()
  return { router, directory: new Directory(router) }
}

t.test('a message reaches an instance by each of its addresses, and everybody by one', async t => {
  const { router, directory } = empty()
  t.equal(directory.join({ name: 'vSphere.Boston', shared: ['vSphere.node.list'] }, 'b'), undefined)
  t.equal(directory.join({ name: 'vSphere.Chicago', shared: ['vSphere.node.list', 'vSphere.#'] }, 'c'), undefined)
  t.same(router.match('vSphere.Boston'), ['b', 'c'])
  t.same(router.match('vSphere.node.list'), ['b', 'c'])
  t.same(router.match('local.vSphere.Chicago'), ['c'])
  t.same(router.match('allservices'), ['b', 'c'])
  t.same(router.match('local.allservices'), ['b', 'c'])
})

t.test('a name is taken once, until it is given back', async t => {
  const { router, directory } = empty()
  directory.join({ name: 'a', shared: [] }, 'first')
  t.match(directory.join({ name: 'a', shared: ['b'] }, 'second'), /^the name 'a' is in use$/)
  t.same(router.match('b'), [])
  t.ok(directory.leave('a'))
  t.notOk(directory.leave('a'))
  t.equal(router.size, 0)
  t.equal(directory.join({ name: 'a', shared: ['b'] }, 'second'), undefined)
  t.same(router.match('a'), ['second'])
  t.match(directory.join({ name: 'c', shared: ['x'.repeat(300)] }, 'third'), /300 bytes/)
  t.match(directory.join({ name: 'c.*', shared: [] }, 'third'), /wildcard/)
})

t.test('what an instance has subscribed to is its own affair', async t => {
  const { router, directory } = empty()
  directory.join({ name: 'a', shared: ['x'] }, 'a')
  router.bind('x', 'a')
  directory.leave('a')
  t.same(router.match('x'), ['a'])
})
