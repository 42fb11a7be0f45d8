// Files: read, followed, written atomically, appended to; torn tails and full disks.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CarrierError, UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { collect, numbered, seqs, surroundings, until } from '../support/carrier.ts'
import { startScript } from '../support/script.ts'

const LINES = '{"seq":1}\n{"seq":2}\n'

t.test('a file is read to its end', async t => {
  const path = join(t.testdir({ in: LINES }), 'in')
  const { source, ledger } = surroundings()
  t.same(seqs(await collect(source(path))), [1, 2])
  t.match(ledger.report()['input'], { in: 2, bytes: LINES.length })
})

t.test('a large file arrives whole, in small batches', async t => {
  const text = numbered(100_000)
    .map(({ meta }) => `${JSON.stringify(meta)}\n`)
    .join('')
  const path = join(t.testdir({ in: text }), 'in')
  let largest = 0
  let total = 0
  for await (const batch of surroundings().source(path)) {
    largest = Math.max(largest, batch.length)
    total += batch.length
  }
  t.equal(total, 100_000)
  t.ok(largest <= 1024, `${largest} packets`)
})

t.test('what cannot be read is said in words', async t => {
  const folder = t.testdir({ file: '' })
  const { source } = surroundings()
  await t.rejects(collect(source(join(folder, 'absent'))), { message: /absent: no such file or directory$/ })
  await t.rejects(collect(source(folder)), CarrierError)
  await t.rejects(collect(source(folder)), { message: /: is a directory$/ })
  await t.rejects(collect(source(join(folder, 'file', 'below'))), CarrierError)
})

t.test('output takes its name when it is whole', async t => {
  const folder = t.testdir({ out: 'before' })
  const path = join(folder, 'out')
  const sink = await surroundings().sink(path)
  await sink.write(numbered(2))
  t.equal(readFileSync(path, 'utf8'), 'before')
  await sink.close()
  t.equal(readFileSync(path, 'utf8'), LINES)
  t.same(readdirSync(folder), ['out'])
})

t.test('output that is given up is kept as .partial, nothing as nothing', async t => {
  const folder = t.testdir({ out: 'before' })
  const path = join(folder, 'out')
  const { sink, warnings } = surroundings()
  const first = await sink(path)
  await first.write(numbered(1))
  await first.abort?.()
  t.equal(readFileSync(path, 'utf8'), 'before')
  t.equal(readFileSync(`${path}.partial`, 'utf8'), '{"seq":1}\n')
  t.match(warnings[0], /kept as .*out\.partial/)
  await (await sink(join(folder, 'none'))).abort?.()
  t.same(readdirSync(folder).sort(), ['out', 'out.partial'])
})

t.test('output that cannot take its name at the end is kept as .partial, too', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'out')
  const { sink, warnings } = surroundings()
  const late = await sink(path)
  await late.write(numbered(1))
  mkdirSync(path)
  await t.rejects(late.close(), CarrierError)
  t.equal(readFileSync(`${path}.partial`, 'utf8'), '{"seq":1}\n')
  t.match(warnings[0], /kept as .*out\.partial/)
  t.same(readdirSync(folder).sort(), ['out', 'out.partial'])
})

t.test('a link keeps pointing where it did', async t => {
  const folder = t.testdir({ real: {} })
  symlinkSync(join('real', 'file'), join(folder, 'link'))
  writeFileSync(join(folder, 'real', 'file'), 'before')
  const sink = await surroundings().sink(join(folder, 'link'))
  await sink.write(numbered(2))
  await sink.close()
  t.equal(readFileSync(join(folder, 'real', 'file'), 'utf8'), LINES)
})

t.test('a folder that is missing is said at once', async t => {
  await t.rejects(surroundings().sink(join(t.testdir(), 'no', 'out')), { message: /no such file or directory/ })
  await t.rejects(surroundings().sink(t.testdir()), { message: /is a directory/ })
})

t.test('append adds to what is there, with every way to sync', async t => {
  const path = join(t.testdir({ out: LINES }), 'out')
  for (const sync of ['always', 'interval', 'never']) {
    const sink = await surroundings().sink(`${path}?append&sync=${sync}`)
    await sink.write(numbered(1, 9))
    await sink.commit?.()
    await sink.close()
  }
  t.equal(readFileSync(path, 'utf8'), `${LINES}${'{"seq":9}\n'.repeat(3)}`)
  await t.rejects(surroundings().sink(`${path}?sync=often`), UsageError)
})

t.test('append: what was written stays when the writing ends badly', async t => {
  const path = join(t.testdir({ out: LINES }), 'out')
  const { sink, hangups, warnings } = surroundings()
  const appending = await sink(`${path}?append`)
  await appending.write(numbered(1, 3))
  await appending.abort?.()
  t.equal(readFileSync(path, 'utf8'), `${LINES}{"seq":3}\n`)
  t.equal(hangups.size, 0, 'it is not opened again')
  t.same(warnings, [])
})

t.test('append: a disk that fills up within a record leaves whole records, and says so from then on', async t => {
  const folder = t.testdir({ log: '{"id":11}\n' })
  // The file may grow to 1 KiB: a hundred records of 16 bytes do not fit, and nothing of them is to stay.
  const program = `
    import { writeSync } from 'node:fs'
    import { appendingOutlet } from 'src/carrier/file-outlet.ts'
    const context = { warn() {}, onHangup: () => () => {} }
    const outlet = appendingOutlet(process.argv.at(-1), 'end', context)
    const record = Buffer.from('{"id":12345678}\\n')
    const tell = words => writeSync(1, words + '\\n')
    const attempt = async what => {
      try {
        await what()
        tell('done')
      } catch (error) {
        tell(error.constructor.name + ': ' + error.message)
      }
    }
    await attempt(() => outlet.write([record]))
    await attempt(() => outlet.write(Array(100).fill(record)))
    await attempt(() => outlet.write([record]))
    await attempt(() => outlet.commit())
    await attempt(() => outlet.close())`
  const { text } = await startScript(program, [join(folder, 'log')], { blocks: 1 }).ended()
  const failure = 'CarrierError: .*log: file too large\n'
  t.match(text, new RegExp(`^done\n(?:${failure}){4}$`))
  t.equal(readFileSync(join(folder, 'log'), 'utf8'), '{"id":11}\n{"id":12345678}\n')
})

t.test('a torn line is set aside before more is appended', async t => {
  const folder = t.testdir({ out: `${LINES}{"seq":3,"val` })
  const path = join(folder, 'out')
  const { sink, warnings } = surroundings()
  const appending = await sink(`${path}?append`)
  await appending.write(numbered(1, 4))
  await appending.close()
  t.equal(readFileSync(path, 'utf8'), `${LINES}{"seq":4}\n`)
  t.equal(readFileSync(`${path}.torn-20`, 'utf8'), '{"seq":3,"val')
  t.match(warnings, [/the last record was cut short at byte 20: moved 13 bytes to/])
})

/** A frame by hand, so that the test says what the format is. */
function frame(meta: string, data: Uint8Array): Buffer {
  const text = Buffer.from(meta.padEnd(Math.ceil(meta.length / 8) * 8))
  const header = Buffer.alloc(24)
  header.set([0xf7, 0x44, 0x41, 0x51, 1])
  header.writeUInt16LE(24, 6)
  header.writeUInt32LE(text.length, 8)
  header.writeBigUInt64LE(BigInt(data.length), 16)
  return Buffer.concat([header, text, data])
}

t.test('a row torn between the lines of a quoted cell is set aside from its beginning', async t => {
  const path = join(t.testdir({ 'out.csv': 'a,b\n1,"multi\nli' }), 'out.csv')
  const { sink } = surroundings()
  await (await sink(`${path}?append`)).close()
  t.equal(readFileSync(path, 'utf8'), 'a,b\n')
  t.equal(readFileSync(`${path}.torn-4`, 'utf8'), '1,"multi\nli')
})

t.test('rows are added under the header that is there, and a file begun anew gets its own', async t => {
  const path = join(t.testdir({ 'out.csv': 'seq,note\r\n1,\r\n' }), 'out.csv')
  const { sink, hangups } = surroundings()
  const appending = await sink(`${path}?append`)
  await appending.write([packet({ note: 'x', seq: 2 })])
  renameSync(path, `${path}.1`)
  for (const reopen of hangups) reopen()
  await appending.write([packet({ note: 'y', seq: 3 })])
  await appending.close()
  t.equal(readFileSync(`${path}.1`, 'utf8'), 'seq,note\r\n1,\r\n2,x\r\n')
  t.equal(readFileSync(path, 'utf8'), 'note,seq\r\ny,3\r\n')
})

t.test('a torn frame is set aside at each place where it can be torn', async t => {
  const folder = t.testdir()
  const whole = Buffer.concat([frame('{"a":1}', new Uint8Array(5)), frame('{}', new Uint8Array(0))])
  const last = frame('{"seq":3}', new Uint8Array(9))
  for (let length = 0; length <= last.length; length++) {
    const path = join(folder, `out${length}`)
    writeFileSync(path, Buffer.concat([whole, last.subarray(0, length)]))
    await (await surroundings().sink(`${path}?append`)).close()
    const rest = length === last.length ? last.length : 0
    t.equal(readFileSync(path).length, whole.length + rest, `torn after ${length}`)
    t.equal(existsSync(`${path}.torn-${whole.length}`), rest === 0 && length > 0)
  }
})

t.test('noise between frames is left for the reader, what is no text keeps its end', async t => {
  const folder = t.testdir()
  const noisy = Buffer.concat([frame('{}', new Uint8Array(3)), Buffer.from('noise'), frame('{}', new Uint8Array(3))])
  writeFileSync(join(folder, 'noisy'), Buffer.concat([noisy, frame('{}', new Uint8Array(3)).subarray(0, 20)]))
  await (await surroundings().sink(`${join(folder, 'noisy')}?append`)).close()
  t.same(readFileSync(join(folder, 'noisy')), noisy)
  writeFileSync(join(folder, 'raw'), Buffer.from([1, 2, 3]))
  await (await surroundings().sink(`${join(folder, 'raw')}?append`)).close()
  t.equal(readFileSync(join(folder, 'raw')).length, 3)
})

t.test('HUP opens the file again under its name', async t => {
  const path = join(t.testdir(), 'out')
  const { sink, hangups } = surroundings()
  const appending = await sink(`${path}?append`)
  await appending.write(numbered(1))
  renameSync(path, `${path}.1`)
  for (const reopen of hangups) reopen()
  await appending.write(numbered(1, 2))
  await appending.close()
  t.equal(readFileSync(`${path}.1`, 'utf8'), '{"seq":1}\n')
  t.equal(readFileSync(path, 'utf8'), '{"seq":2}\n')
  t.equal(hangups.size, 0)
})

t.test('a full disk is said in words', async t => {
  const { sink, ledger } = surroundings()
  const full = await sink('/dev/full')
  await t.rejects(async () => full.write(numbered(1)), { message: '/dev/full: no space left on device' })
  t.equal(ledger.report()['output']?.out, 0)
  await full.close()
})

t.test('a device is written directly', async t => {
  const sink = await surroundings().sink('/dev/null')
  await sink.write(numbered(3))
  await sink.close()
  t.same(await collect(surroundings().source('/dev/null')), [])
})

t.test('follow: growth, renaming, truncation and a late beginning are all read', async t => {
  const folder = t.testdir()
  const path = join(folder, 'log')
  const { source, stop, warnings } = surroundings()
  const seen: unknown[] = []
  const reading = collect(source(`${path}?follow`), ({ meta }) => seen.push(meta['seq']))
  await until(() => warnings.length > 0)
  t.match(warnings.shift(), /no such file yet/)
  writeFileSync(path, '{"seq":1}\n')
  await until(() => seen.length === 1)
  appendFileSync(path, '{"seq"')
  appendFileSync(path, ':2}\n')
  await until(() => seen.length === 2)
  renameSync(path, `${path}.1`)
  appendFileSync(`${path}.1`, '{"seq":3}\n')
  writeFileSync(path, '{"seq":4}\n')
  await until(() => seen.length === 4)
  truncateSync(path)
  await until(() => warnings.length > 0)
  t.match(warnings.shift(), /cut short/)
  appendFileSync(path, '{"seq":5}\n')
  await until(() => seen.length === 5)
  stop.abort('SIGTERM')
  await reading
  t.same(seen, [1, 2, 3, 4, 5])
})

t.test('what one file lacks is not taken from another', async t => {
  const folder = t.testdir({ a: '{"seq":1}\n{"se', b: '{"seq":3}\n' })
  const { source, rejects } = surroundings()
  t.same(seqs(await collect(source(join(folder, 'a'), join(folder, 'b')))).sort(), [1, 3])
  t.equal(rejects.length, 1)
})

t.test('one dead output does not stop the others', async t => {
  const path = join(t.testdir(), 'out')
  const { sink, warnings, ledger } = surroundings()
  const both = await sink('/dev/full', path)
  await both.write([packet({ seq: 1 })])
  await both.write([packet({ seq: 2 })])
  await both.close()
  t.equal(readFileSync(path, 'utf8'), LINES)
  t.equal(warnings.length, 1)
  t.match(ledger.report()['output'], { out: 2, dropped: { 'output failed': 2 } })
})

t.test('an input that is missing fails all, and what had been opened is set aside', async t => {
  const folder = t.testdir({ in: LINES })
  mkdirSync(join(folder, 'dir'))
  await t.rejects(surroundings().sink(join(folder, 'out'), join(folder, 'dir')), CarrierError)
  t.same(readdirSync(folder).sort(), ['dir', 'in'])
})
