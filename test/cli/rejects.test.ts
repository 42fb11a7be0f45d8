import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLog } from '../../src/cli/log.ts'
import { createRejecter, type RejectOptions } from '../../src/cli/rejects.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import type { Reject } from '../../src/stream/reject.ts'

function rejecter(options: Partial<RejectOptions> = {}) {
  const said: string[] = []
  const ledger = new Ledger()
  const log = createLog({ command: 'repack', quiet: false, verbose: false, write: text => said.push(text) })
  const reject = createRejecter({ ledger, log, strict: false, verbose: false, file: undefined, ...options })
  return { said, ledger, reject }
}

const badLine = (line: number): Reject => ({
  place: { source: '-', line, offset: 10 * line },
  reason: 'invalid JSON',
  bytes: Buffer.from(`bad ${line}`),
})

t.test('a reject is counted by its reason and named with its place and detail', async t => {
  const { said, ledger, reject } = rejecter()
  reject(badLine(2))
  reject({ ...badLine(4), detail: 'unexpected end' })
  reject({ place: { source: 'a.frame', offset: 64 }, reason: 'bad CRC', bytes: new Uint8Array(0) })
  t.same(said, [
    'repack: -:2 (byte 20): rejected: invalid JSON\n',
    'repack: -:4 (byte 40): rejected: invalid JSON: unexpected end\n',
    'repack: a.frame (byte 64): rejected: bad CRC\n',
  ])
  t.same(ledger.report()['input']?.rejected, { 'invalid JSON': 2, 'bad CRC': 1 })
})

t.test('the first hundred are named, then one word says that more follow', async t => {
  const { said, ledger, reject } = rejecter()
  for (let line = 1; line <= 150; line++) reject(badLine(line))
  t.equal(said.length, 101)
  t.match(said[99], ':100 (byte 1000)')
  t.match(said[100], /more rejected records follow/)
  t.equal(ledger.lost, 150)
})

t.test('verbose names all', async t => {
  const { said, reject } = rejecter({ verbose: true })
  for (let line = 1; line <= 150; line++) reject(badLine(line))
  t.equal(said.length, 150)
  t.match(said[149], ':150 (byte 1500)')
})

t.test('strict stops at the first, counted and kept', async t => {
  const file = join(t.testdir(), 'rejects')
  const { said, ledger, reject } = rejecter({ strict: true, file })
  t.throws(() => reject({ ...badLine(3), detail: 'why' }), {
    name: 'DataError',
    message: '-:3 (byte 30): invalid JSON: why',
    place: { line: 3, offset: 30 },
  })
  t.same(said, [])
  t.equal(ledger.lost, 1)
  t.equal(readFileSync(file, 'utf8'), 'bad 3\n')
})

t.test('the bytes are kept: lines as lines, others as they are, after what is there', async t => {
  const file = join(t.testdir({ rejects: 'older\n' }), 'rejects')
  const { reject } = rejecter({ file })
  reject(badLine(1))
  reject({ ...badLine(2), bytes: Buffer.from('3,4\r\n') })
  reject({ place: { source: 'x', offset: 0 }, reason: 'bad CRC', bytes: Uint8Array.of(0xf7, 0, 255) })
  reject({ place: { source: 'x', offset: 9 }, reason: 'bad CRC', bytes: Uint8Array.of(1) })
  t.equal(readFileSync(file, 'latin1'), 'older\nbad 1\n3,4\r\n\xf7\0\xff\x01')
})

t.test('a file that cannot be written stops the run', async t => {
  const file = join(t.testdir(), 'none', 'rejects')
  const { reject } = rejecter({ file })
  t.throws(() => reject(badLine(1)), {
    name: 'CarrierError',
    message: `${file}: cannot keep a rejected record: no such file or directory`,
  })
})
