import t from 'tap'
import { POLICIES, parsePolicy } from '../../src/stream/policy.ts'

t.test('every policy is known by its name', async t => {
  t.same(POLICIES.map(parsePolicy), ['block', 'drop-oldest', 'drop-newest', 'latest'])
})

t.test('another word is refused with those that are known', async t => {
  for (const word of ['', 'drop', 'Block', 'block ']) {
    t.throws(() => parsePolicy(word), {
      name: 'UsageError',
      message: `'${word}' is no policy: expected block, drop-oldest, drop-newest, latest`,
    })
  }
})
