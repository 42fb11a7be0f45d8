// What warns of itself does not while it is used, and all else does as before.

import process from 'node:process'
import t from 'tap'
import { withoutWarnings } from '../src/without-warnings.ts'

t.test('warnings are left out while it runs, also when that fails', async t => {
  const said: string[] = []
  const listen = ({ message }: Error) => void said.push(message)
  process.on('warning', listen)
  const answer = withoutWarnings(() => {
    process.emitWarning('within')
    return 7
  })
  t.equal(answer, 7)
  t.throws(() =>
    withoutWarnings(() => {
      throw new Error('failed')
    }),
  )
  process.emitWarning('after')
  await new Promise(setImmediate)
  process.off('warning', listen)
  t.same(said, ['after'])
})
