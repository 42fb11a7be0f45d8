import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { parseEndpoint } from '../../src/url.ts'
import { classNamed, type Role } from '../../src/valkyrie/class-name.ts'
import type { ValkyrieConfig } from '../../src/valkyrie/config-keys.ts'
import { wireUrl } from '../../src/valkyrie/wire-url.ts'

function url(role: Role, config: ValkyrieConfig): string {
  const { wire } = classNamed(config.class_name)
  if (!wire) throw new Error('no wire')
  return wireUrl(config, wire, role)
}

t.test('each class and end has its carrier; the end that listens is one of both', async t => {
  const endpoint = 'tcp://127.0.0.1:15000'
  const urls = ['zmq_pubsub', 'zmq_pushpull', 'zmq_pullpush'].map(class_name => [
    url('writer', { class_name, endpoint }),
    url('reader', { class_name, endpoint }),
  ])
  t.same(urls, [
    ['zmq+pub://127.0.0.1:15000?listen', 'zmq+sub://127.0.0.1:15000'],
    ['zmq+push://127.0.0.1:15000?listen', 'zmq+pull://127.0.0.1:15000'],
    ['zmq+push://127.0.0.1:15000', 'zmq+pull://127.0.0.1:15000?listen'],
  ])
})

t.test('a star is every address, or any port, of the end that listens', async t => {
  const class_name = 'dls_::valkyrie::zmq_pubsub'
  t.equal(url('writer', { class_name, endpoint: 'tcp://*:15000' }), 'zmq+pub://0.0.0.0:15000?listen')
  t.equal(url('writer', { class_name, endpoint: 'tcp://[::1]:*' }), 'zmq+pub://[::1]:0?listen')
  for (const endpoint of ['tcp://*:15000', 'tcp://localhost:*']) {
    t.throws(() => url('reader', { class_name, endpoint }), /to connect to, not \*/)
  }
})

t.test('a path is a path, whatever is in it', async t => {
  const class_name = 'zmq_pubsub'
  t.equal(url('reader', { class_name, endpoint: 'ipc:///run/daq.sock' }), 'zmq+sub:/run/daq.sock')
  t.equal(url('reader', { class_name, endpoint: 'ipc://daq.sock' }), 'zmq+sub:daq.sock')
  t.equal(parseEndpoint(url('reader', { class_name, endpoint: 'ipc://a?b%20c' })).rest, 'a?b%20c')
})

t.test('what is configured becomes parameters, for the end that it is for', async t => {
  const config = {
    class_name: 'zmq_pubsub',
    endpoint: 'tcp://*:1',
    insecure: true,
    topic: 'a&b,c+d=e%',
    parts: ['topic', 'data'],
    wait_peers: 2,
    linger_milliseconds: '250',
    max_packet: 1000,
    heartbeat_milliseconds: 2500,
    curve_key: 'my keys/a',
    curve_allow: 'any',
  }
  const writer = parseEndpoint(url('writer', config)).params
  t.same(Object.fromEntries(writer), {
    listen: '',
    insecure: '',
    topic: 'a&b,c+d=e%',
    parts: 'topic,data',
    peers: '2',
    linger: '250ms',
    heartbeat: '2500ms',
    'curve-key': 'my keys/a',
    'curve-allow': 'any',
  })
  const reader = parseEndpoint(url('reader', { ...config, endpoint: 'tcp://a:1', curve_server_key: 'k' })).params
  t.same(Object.fromEntries(reader), {
    insecure: '',
    topic: 'a&b,c+d=e%',
    parts: 'topic,data',
    max: '1000',
    heartbeat: '2500ms',
    'curve-key': 'my keys/a',
    'curve-server-key': 'k',
    'curve-allow': 'any',
  })
})

t.test('a writer has one topic, a reader any number', async t => {
  const config = { class_name: 'zmq_pubsub', endpoint: 'ipc://p', topic: ['a', 'b'] }
  t.throws(() => url('writer', config), /a, b: a writer has one/)
  t.match(url('writer', { ...config, topic: ['a'] }), /topic=a$/)
  t.match(url('reader', config), /topic=a,b$/)
})

t.test('what is no endpoint is refused', async t => {
  const class_name = 'zmq_pubsub'
  t.throws(() => url('writer', { class_name }), /no endpoint given/)
  for (const endpoint of ['127.0.0.1:1', 'tcp://', 'tcp://a', 'tcp://a:b', 'inproc://x', 'ipc://', 'udp://a:1']) {
    t.throws(() => url('writer', { class_name, endpoint }), UsageError, endpoint)
  }
})
