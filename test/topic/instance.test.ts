// Names and addresses of instances.

import t from 'tap'
import { isLocal, listensOn, nameFault, sharedFault } from '../../src/topic/instance.ts'

t.test('an instance listens on its name, its addresses and everybody’s, here and behind local.', async t => {
  t.same(listensOn({ name: 'vSphere.Boston', shared: ['vSphere.node.list', 'vSphere.#', 'vSphere.Boston'] }), [
    'vSphere.Boston',
    'vSphere.node.list',
    'vSphere.#',
    'allservices',
    'local.vSphere.Boston',
    'local.vSphere.node.list',
    'local.vSphere.#',
    'local.allservices',
  ])
})

t.test('a name is the address of one instance', async t => {
  for (const name of ['a', 'vSphere.Boston', 'a*', 'locale.x', 'Müller', 'x'.repeat(249)]) {
    t.equal(nameFault(name), undefined, name)
  }
  for (const name of ['', '*', 'a.#', 'local', 'local.a', 'allservices', 'a b', 'a\n', 'a\u001b[2J', 'x'.repeat(250)]) {
    t.type(nameFault(name), 'string', JSON.stringify(name))
  }
})

t.test('a shared address may be a pattern, and has to fit behind local.', async t => {
  t.equal(sharedFault('a.#'), undefined)
  t.equal(sharedFault('x'.repeat(249)), undefined)
  t.match(sharedFault('x'.repeat(250)), /^an address of 250 bytes: expected at most 249$/)
})

t.test('what stays at one broker', async t => {
  for (const address of ['local', 'local.a', 'local.']) t.ok(isLocal(address), address)
  for (const address of ['', 'locale', 'a.local', 'a']) t.notOk(isLocal(address), address)
})
