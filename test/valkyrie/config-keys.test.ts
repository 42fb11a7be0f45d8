import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { checkKeys } from '../../src/valkyrie/config-keys.ts'

t.test('numbers may be text, lists may be one, and what is undefined is not there', async t => {
  t.doesNotThrow(() =>
    checkKeys({
      class_name: 'dummy',
      high_water_mark: '10',
      recv_timeout_milliseconds: '1.5',
      topic: 'a',
      parts: ['meta', 'data'],
      endpoint: undefined,
      log: { level: 'DEBUG' },
    }),
  )
})

t.test('an unknown key, and what a key cannot hold, is named', async t => {
  t.throws(() => checkKeys({ recv_timeout_miliseconds: 5 }), /unknown key 'recv_timeout_miliseconds': expected some of/)
  const wrong: readonly (readonly [string, unknown])[] = [
    ['class_name', 5],
    ['endpoint', ''],
    ['high_water_mark', -1],
    ['high_water_mark', 1.5],
    ['recv_timeout_milliseconds', 'soon'],
    ['recv_timeout_milliseconds', ''],
    ['recv_timeout_milliseconds', null],
    ['topic', ['a', 1]],
    ['insecure', 'yes'],
    ['log', 'DEBUG'],
  ]
  for (const [key, value] of wrong) {
    t.throws(() => checkKeys({ [key]: value }), { message: new RegExp(`^${key}: .*: expected `) }, `${key}: ${value}`)
  }
  for (const config of [undefined, null, 'zmq_pubsub', []]) t.throws(() => checkKeys(config), UsageError)
})
