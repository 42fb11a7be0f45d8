// What the CSV store reads back.

import t from 'tap'
import { packet } from '../../src/packet.ts'
import { logged, messages, readBack } from '../support/store-context.ts'

t.test('what was written is read back', async t => {
  const path = `${t.testdir()}/log.csv`
  await logged(`csv:${path}`, [messages(0, 300)])
  t.same(await readBack(`csv:${path}`), messages(0, 300))
  const chosen = await readBack(path, {
    since: Date.UTC(2026, 10, 21, 0, 1),
    until: Date.UTC(2026, 10, 21, 0, 2),
    names: ['sensor-1'],
  })
  t.equal(chosen.length, 12)
})

t.test('bytes and other keys are read back, too', async t => {
  const path = `${t.testdir()}/log.csv`
  const packets = [
    packet({ name: 'a', dtype: 'uint8' }, Uint8Array.of(1, 2, 255)),
    packet({ name: 'b', dtype: 'int8', unit: 'K', more: { deep: [1] } }, Uint8Array.of(0)),
  ]
  await logged(`csv:${path}?columns=name,dtype,data&extra`, [packets])
  const [one, two] = await readBack(`csv:${path}`)
  t.same([one, two], packets)
})
