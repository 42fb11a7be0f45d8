import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { settingsOf } from '../../src/valkyrie/config.ts'

const WIRE = { class_name: 'zmq_pubsub', endpoint: 'tcp://127.0.0.1:1' }

t.test('what is not said has its default', async t => {
  t.match(settingsOf(WIRE, 'writer'), {
    role: 'writer',
    kind: { name: 'zmq_pubsub' },
    target: { over: 'wire', url: 'zmq+pub://127.0.0.1:1?listen' },
    policy: 'latest',
    buffer: 1024,
    timeout: Number.POSITIVE_INFINITY,
    follow: false,
    warnings: true,
    signal: undefined,
  })
})

t.test('the configuration of the first Valkyrie is understood', async t => {
  const settings = settingsOf(
    {
      class_name: 'dls::valkyrie::zmq_pullpush',
      endpoint: 'tcp://*:15000',
      high_water_mark: 1,
      recv_timeout_milliseconds: '100',
      log: { level: 'DEBUG' },
    },
    'reader',
  )
  t.match(settings, { timeout: 100, policy: 'latest', buffer: 1, warnings: true })
  t.equal(settings.target.over === 'wire' && settings.target.url, 'zmq+pull://0.0.0.0:15000?listen')
})

t.test('a high water mark above one is a queue whose oldest give way, unless a policy is named', async t => {
  t.match(settingsOf({ ...WIRE, high_water_mark: 10 }, 'writer'), { policy: 'drop-oldest', buffer: 10 })
  t.match(settingsOf({ ...WIRE, high_water_mark: 10, policy: 'block' }, 'writer'), { policy: 'block', buffer: 10 })
  t.match(settingsOf({ ...WIRE, high_water_mark: 0 }, 'writer'), { policy: 'latest' })
  t.match(settingsOf({ ...WIRE, buffer: '7' }, 'writer'), { policy: 'latest', buffer: 7 })
})

t.test('files are pairs where the name has a number, else one file of frames', async t => {
  t.match(settingsOf({ class_name: 'file', filename_pattern: 'd/f_%06d' }, 'writer').target, {
    over: 'pairs',
    pattern: { text: 'd/f_%06d' },
  })
  t.same(settingsOf({ class_name: 'file', endpoint: '100%%.daq' }, 'reader').target, {
    over: 'frames',
    path: '100%.daq',
  })
  t.same(settingsOf({ class_name: 'dummy' }, 'reader').target, { over: 'nothing' })
})

t.test('what cannot be is refused before anything is opened', async t => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{}, /no class_name/],
    [{ class_name: 'zmq_pubsub' }, /no endpoint/],
    [{ class_name: 'file' }, /no filename_pattern/],
    [{ class_name: 'file', filename_pattern: '%s' }, /expected one number/],
    [{ class_name: 'websockets' }, /unknown class_name 'websockets'/],
    [{ ...WIRE, policy: 'newest' }, /no policy/],
    [{ ...WIRE, log: { level: 'LOUD' } }, /log level/],
    [{ ...WIRE, signal: {} }, /AbortSignal/],
  ]
  for (const [config, reason] of wrong) {
    t.throws(() => settingsOf({ class_name: '', ...config }, 'writer'), UsageError)
    t.throws(() => settingsOf(Object.assign(Object.create(null), config), 'writer'), reason)
  }
  t.equal(settingsOf({ ...WIRE, log: { level: 'error' } }, 'reader').warnings, false)
})
