import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { CLASSES, classNamed } from '../../src/valkyrie/class-name.ts'

t.test('a class is known by its bare name and after both prefixes', async t => {
  for (const { name } of CLASSES) {
    for (const prefix of ['', 'dls::valkyrie::', 'dls_::valkyrie::']) t.equal(classNamed(`${prefix}${name}`).name, name)
  }
})

t.test('another name is refused with those that are known', async t => {
  for (const text of ['', 'zmq', 'ZMQ_PUBSUB', 'valkyrie::zmq_pubsub', 'dls::valkyrie::', 'zmq_pubsub ']) {
    t.throws(() => classNamed(text), UsageError, text)
    t.throws(() => classNamed(text), /expected zmq_pubsub, zmq_pushpull, zmq_pullpush, file, dummy/)
  }
})

t.test('over the wire exactly one end listens', async t => {
  const wires = CLASSES.flatMap(({ name, wire }) => (wire ? [[name, wire.writer, wire.reader, wire.listens]] : []))
  t.same(wires, [
    ['zmq_pubsub', 'zmq+pub', 'zmq+sub', 'writer'],
    ['zmq_pushpull', 'zmq+push', 'zmq+pull', 'writer'],
    ['zmq_pullpush', 'zmq+push', 'zmq+pull', 'reader'],
  ])
})
