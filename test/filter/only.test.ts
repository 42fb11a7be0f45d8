// Samples or context.

import t from 'tap'
import { only } from '../../src/filter/only.ts'
import { gapPacket, packet } from '../../src/packet.ts'

const samples = packet({ dtype: 'ci16_be' }, new Uint8Array(4))
const context = packet({ context: { temperature: 36 } })
const gap = gapPacket({ lost: 1, reason: 'packet count', stage: 'vrt' })

t.test('each kind is kept in its order; gaps belong to the samples', async t => {
  t.same(only('samples').push([context, samples, gap]), [samples, gap])
  t.same(only('context').push([context, samples, gap]), [context])
})
