// The checksum of a sequence packet.

import t from 'tap'
import { sequenceRecord } from '../../src/filter/sequence-record.ts'
import { packet } from '../../src/packet.ts'
import { sequenceChecksum } from '../../src/probe/checksum.ts'

t.test('the checksum is CRC-32 of time, id, name, seq and value on a line each', async t => {
  // printf '1767225600000\nabc\nSensor-0\n7\n-5' | gzip -c | tail -c 8 | od -An -tu4 -N4
  t.equal(sequenceChecksum({ time: 1767225600000, id: 'abc', name: 'Sensor-0', seq: 7, value: -5 }), 2726405100)
})

t.test('what has no number or no checksum is no sequence record', async t => {
  t.equal(sequenceRecord(packet({ seq: 1 })), undefined)
  t.equal(sequenceRecord(packet({ crc: 1 })), undefined)
  t.match(sequenceRecord(packet({ seq: 1, crc: 1 })), { intact: false })
})
