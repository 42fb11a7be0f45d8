import t from 'tap'
import { DEFAULT_BUS } from '../../src/bus/bus.ts'
import { BUSES, busFor } from '../../src/bus/index.ts'
import { UsageError } from '../../src/errors.ts'
import { parseEndpoint } from '../../src/url.ts'

t.test('a bus is told by its scheme, and opened without connecting', async t => {
  t.equal(busFor(DEFAULT_BUS).name, DEFAULT_BUS)
  t.equal(busFor('unix:some/where').name, 'unix:some/where')
  for (const { example, schemes } of BUSES) t.ok(schemes.includes(parseEndpoint(example).scheme), example)
})

t.test('what nobody knows is wrong usage', async t => {
  const known = BUSES.map(({ example }) => example).join(', ')
  t.throws(
    () => busFor('gopher://here'),
    new UsageError(`gopher://here: no bus of the scheme 'gopher:' (known: ${known})`),
  )
  t.throws(() => busFor('tcp://127.0.0.1:1?listen'), /unknown parameter 'listen'/)
  t.throws(() => busFor('tcp://127.0.0.1'), UsageError)
})
