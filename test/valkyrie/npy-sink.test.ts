import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { gapPacket, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { npySink } from '../../src/valkyrie/npy-sink.ts'
import { parsePattern } from '../../src/valkyrie/pattern.ts'

t.test('a file for each packet with data or a shape; one that does not fit is rejected', async t => {
  const folder = t.testdir({})
  const count = new StageCount()
  const rejects: Reject[] = []
  const sink = npySink(parsePattern(join(folder, 'f_%02d.npy')), { count, reject: reject => void rejects.push(reject) })
  sink.write([
    packet({ MAXIV_VALKYRIE_PACKET_TYPE: 'MAXIV_VALKYRIE_START_OF_SEQUENCE' }),
    packet({ dtype: 'uint16', shape: [2] }, Buffer.from('abcd')),
    packet({ dtype: 'uint16', shape: [3] }, Buffer.from('abcd')),
    gapPacket({ lost: 1, reason: 'x', stage: 'y' }),
  ])
  sink.write([packet({ shape: [0] })])
  await sink.close()
  t.same(readdirSync(folder).sort(), ['f_00.npy', 'f_01.npy'])
  t.equal(readFileSync(join(folder, 'f_00.npy')).subarray(128).toString(), 'abcd')
  t.equal(readFileSync(join(folder, 'f_01.npy')).length, 128)
  t.equal(count.out, 2)
  t.match(rejects, [{ reason: 'shape mismatch', place: { source: /f_01/ } }])
})
