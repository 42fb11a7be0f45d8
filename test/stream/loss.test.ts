// Losses: counted, with the numbers they began and ended with, and what others had lost before.

import t from 'tap'
import { gapPacket, packet } from '../../src/packet.ts'
import { Loss } from '../../src/stream/loss.ts'

t.test('packets next to each other are one loss, from the first seq to the last', async t => {
  const loss = new Loss()
  t.equal(loss.isEmpty, true)
  t.equal(loss.add(packet({ name: 'without a number' })), true)
  for (const seq of [7, 8, 9]) loss.add(packet({ seq }))
  t.same(loss.asGap('overflow', 'here'), { lost: 4, reason: 'overflow', stage: 'here', from: 7, to: 9 })
})

t.test('a gap record that is lost adds what it announced', async t => {
  const loss = new Loss()
  t.equal(loss.add(gapPacket({ lost: 3, reason: 'overflow', stage: 'there', from: 1, to: 3 })), false)
  loss.add(packet({ seq: 4 }))
  t.same(loss.asGap('overflow', 'here'), { lost: 4, reason: 'overflow', stage: 'here', from: 1, to: 4 })
})

t.test('what nobody has any more has no numbers', async t => {
  const loss = new Loss()
  loss.addUnseen(5)
  t.equal(loss.isEmpty, false)
  t.same(loss.asGap('overflow', 'here'), { lost: 5, reason: 'overflow', stage: 'here' })
})
