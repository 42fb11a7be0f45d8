// Channels as people write them.

import t from 'tap'
import { measureOptions } from '../../../src/commands/spectrum/measure-options.ts'

const values = { measure: true, peaks: 5, above: 12, occupied: 0.99 }

t.test('channels', async t => {
  const { channels } = measureOptions({ ...values, channel: ['98.1M/200k', '-1k/1'] })
  t.same(channels, [
    { center: 98.1e6, width: 200e3 },
    { center: -1000, width: 1 },
  ])
})

t.test('what is no channel', async t => {
  for (const text of ['98M', '98M/', '98M/0', '98M/-1', '1/2/3', 'a/b']) {
    t.throws(() => measureOptions({ ...values, channel: [text] }), {
      name: 'UsageError',
      message: new RegExp(`^--channel ${text}: .*for example 98.1M/200k$`),
    })
  }
})

t.test('a channel that nothing would be told of', async t => {
  t.throws(() => measureOptions({ ...values, measure: false, channel: ['98M/1'] }), /--channel: measured by --measure/)
})
