// The registry of carriers: schemes, their parameters and what is said about unknown ones.

import t from 'tap'
import { CARRIERS, carrierFor } from '../../src/carrier/index.ts'
import { UsageError } from '../../src/errors.ts'
import { parseEndpoint } from '../../src/url.ts'

t.test('each carrier is found by the scheme of its example', async t => {
  for (const carrier of CARRIERS) t.equal(carrierFor(parseEndpoint(carrier.example)), carrier, carrier.scheme)
})

t.test('schemes are unique, and everything has a summary', async t => {
  t.equal(new Set(CARRIERS.map(({ scheme }) => scheme)).size, CARRIERS.length)
  for (const { summary, params, scheme } of CARRIERS) {
    t.match(summary, /^\w/, scheme)
    t.equal(new Set(params.map(({ name }) => name)).size, params.length, scheme)
    for (const { name, summary } of params) t.match(summary, /^\w/, `${scheme} ${name}`)
  }
})

t.test('an unknown scheme is refused with the known ones', async t => {
  t.throws(() => carrierFor(parseEndpoint('gopher://host:70')), UsageError)
  t.throws(() => carrierFor(parseEndpoint('gopher://host:70')), {
    message: /unknown scheme 'gopher:' \(known: -, PATH/,
  })
})

t.test('an unknown parameter is refused with the known ones', async t => {
  t.throws(() => carrierFor(parseEndpoint('out.ndjson?apend')), {
    message: /unknown parameter 'apend' \(known: .*append/,
  })
})
