// What context packets say holds for the streams that they speak of.

import t from 'tap'
import { Contexts } from '../../../src/codec/vrt/contexts.ts'
import { DIGITIZER, RECEIVER } from '../../../src/codec/vrt/thinkrf.ts'

const IQ = 0x9000_0003

t.test('a state is the same object until something changes', async t => {
  const contexts = new Contexts()
  contexts.apply(7, { changed: true, rf_frequency: 1e9, gain: [0, 1] })
  const state = contexts.stateOf(7)
  contexts.apply(7, { changed: true, rf_frequency: 1e9, gain: [0, 1] })
  t.equal(contexts.stateOf(7), state)
  contexts.apply(7, { changed: true, gain: [0, 2] })
  t.not(contexts.stateOf(7), state)
  t.match(contexts.stateOf(7).meta, { center_frequency: 1e9, gain: [0, 2] })
})

t.test('streams know what is said of them, and ThinkRF’s what its receiver and digitizer say', async t => {
  const contexts = new Contexts()
  contexts.apply(7, { rf_frequency: 1e9 })
  contexts.apply(RECEIVER, { rf_frequency: 2e9 })
  contexts.apply(DIGITIZER, { bandwidth: 125e6, rf_offset: -1e6 })
  t.same(contexts.stateOf(7).meta, { center_frequency: 1e9 })
  t.same(contexts.stateOf(8).meta, {})
  t.same(contexts.stateOf(undefined).meta, {})
  t.same(contexts.stateOf(IQ).meta, { sample_rate: 125e6, center_frequency: 1.999e9, bandwidth: 125e6 })
  t.equal(contexts.offsetOf(IQ), -1e6)
})

t.test('what is assumed holds until it is said otherwise', async t => {
  const contexts = new Contexts({ dtype: 'cf32_le', sampleRate: 1e6, beforehand: { if_frequency: 35e6 } })
  t.match(contexts.stateOf(7), { sampleRate: 1e6, layout: { dtype: 'cf32_le' }, meta: { if_frequency: 35e6 } })
  contexts.apply(7, {
    sample_rate: 2e6,
    payload_format: { kind: 'real', number: 'int', item_size: 8 },
    if_frequency: 0,
  })
  t.match(contexts.stateOf(7), { sampleRate: 2e6, layout: { dtype: 'ri8' }, meta: { if_frequency: 0 } })
})

t.test('where a receiver is', async t => {
  const contexts = new Contexts()
  contexts.apply(7, { gps: { latitude: 45, longitude: -75, altitude: null } })
  t.same(contexts.stateOf(7).meta, { latitude: 45, longitude: -75 })
})

t.test('of a context only that is kept which can matter for data', async t => {
  const contexts = new Contexts()
  contexts.apply(7, { rf_frequency: 1e9 })
  const state = contexts.stateOf(7)
  contexts.apply(7, { gps_ascii: 'x'.repeat(1000), changed: false, associations: { sources: [1, 2, 3] } })
  t.equal(contexts.stateOf(7), state)
})
