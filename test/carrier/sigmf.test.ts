// SigMF recordings as files: written, read back, archived, damaged.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DataError } from '../../src/errors.ts'
import { gapOf, packet } from '../../src/packet.ts'
import { collect, surroundings } from '../support/carrier.ts'
import { allOf } from '../support/simulator.ts'

const META = { timestamp_ns: '1767225600000000000', dtype: 'ci16_le', sample_rate: 1e6, center_frequency: 1e8 }
const DATA = Uint8Array.from({ length: 4000 }, (_, i) => i % 251)

async function write(path: string, ...more: Parameters<typeof packet>[]): Promise<void> {
  const sink = await surroundings().sink(`sigmf:${path}`)
  await sink.write([packet({ ...META, shape: [1000] }, DATA)])
  for (const [meta, data] of more) await sink.write([packet(meta, data)])
  await sink.close()
}

t.test('what was written is read back, by any of its names', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'a')
  await write(path, [{ ...META, timestamp_ns: '1767225600001000000', center_frequency: 2e8 }, DATA])
  for (const name of [`sigmf:${path}`, `${path}.sigmf-meta`, `${path}.sigmf-data`]) {
    const { source, ledger } = surroundings()
    const packets = await allOf(source.call(undefined, name))
    t.match(
      packets.map(({ meta }) => meta),
      [
        {
          ...META,
          timestamp: '2026-01-01T00:00:00.000000000Z',
          seq: 0,
          shape: [1000],
          sigmf: { 'core:version': '1.2.5' },
        },
        { center_frequency: 2e8, seq: 1, timestamp_ns: '1767225600001000000' },
      ],
      name,
    )
    t.same(Buffer.concat(packets.map(({ data }) => data)), Buffer.concat([DATA, DATA]))
    t.match(ledger.report(), { input: { in: 2, bytes: 8000 } })
  }
})

t.test('packets of as many samples as are asked for, never across captures, times following', async t => {
  const path = join(t.testdir({}), 'a')
  await write(path, [{ ...META, timestamp_ns: '1767225600001000000', center_frequency: 2e8 }, DATA])
  const packets = await allOf(surroundings().source(`sigmf:${path}?samples=300`))
  t.same(
    packets.map(({ data }) => data.length / 4),
    [300, 300, 300, 100, 300, 300, 300, 100],
  )
  t.equal(packets[1]?.meta['timestamp_ns'], '1767225600000300000')
  t.equal(packets[5]?.meta['timestamp_ns'], '1767225600001300000')
})

t.test('an archive, made by tar', async t => {
  const folder = t.testdir({})
  await write(join(folder, 'a'))
  await write(join(folder, 'b'))
  for (const format of ['ustar', 'pax', 'gnu']) {
    const files = ['a.sigmf-meta', 'a.sigmf-data', 'b.sigmf-meta', 'b.sigmf-data']
    execFileSync(
      'tar',
      [`--format=${format}`, '-cf', 'both.sigmf', '--transform', 's,^,long/'.concat('x'.repeat(90), '/,'), ...files],
      {
        cwd: folder,
      },
    )
    const packets = await allOf(surroundings().source(join(folder, 'both.sigmf')))
    t.equal(packets.length, 2, format)
    t.same(Buffer.from(packets[1]?.data ?? []), Buffer.from(DATA), format)
  }
  writeFileSync(join(folder, 'no.sigmf'), Buffer.alloc(2000, 1))
  await t.rejects(allOf(surroundings().source(join(folder, 'no.sigmf'))), DataError)
})

t.test('samples that are missing by the index are announced', async t => {
  const path = join(t.testdir({}), 'a')
  await write(path, [{ ...META, timestamp_ns: '1767225600005000000' }, DATA])
  const packets = await allOf(surroundings().source(`sigmf:${path}`))
  t.equal(packets.length, 3)
  t.match(packets[1]?.meta, { gap: { reason: 'samples missing' }, samples: 4000 })
  t.ok(gapOf(packets[1]?.meta ?? {}))
})

t.test('a hash is written, and checked where that is asked for', async t => {
  const path = join(t.testdir({}), 'a')
  await write(`${path}?sha512`)
  const { global } = JSON.parse(readFileSync(`${path}.sigmf-meta`, 'utf8'))
  t.match(global['core:sha512'], /^[0-9a-f]{128}$/)
  t.equal((await allOf(surroundings().source(`sigmf:${path}?sha512`))).length, 1)
  const damaged = readFileSync(`${path}.sigmf-data`)
  damaged[5] = 255
  writeFileSync(`${path}.sigmf-data`, damaged)
  await t.rejects(allOf(surroundings().source(`sigmf:${path}?sha512`)), /another hash/)
})

t.test('a dataset cut within a sample keeps the whole ones, and says so', async t => {
  const path = join(t.testdir({}), 'a')
  await write(path)
  writeFileSync(`${path}.sigmf-data`, readFileSync(`${path}.sigmf-data`).subarray(0, 3998))
  const { source, ledger, warnings } = surroundings()
  const packets = await allOf(source(`sigmf:${path}`))
  t.equal(packets[0]?.data.length, 3996)
  t.match(warnings, [/2 bytes at the end/])
  t.match(ledger.report(), { input: { rejected: { truncated: 1 } } })
})

t.test('a dataset that ends before the captures do says so', async t => {
  const path = join(t.testdir({}), 'a')
  await write(path, [{ ...META, timestamp_ns: '1767225600001000000', center_frequency: 2e8 }, DATA])
  writeFileSync(`${path}.sigmf-data`, readFileSync(`${path}.sigmf-data`).subarray(0, 2000))
  const { source, ledger, warnings } = surroundings()
  const packets = await allOf(source(`sigmf:${path}`))
  t.same(
    packets.map(({ data }) => data.length),
    [2000],
  )
  t.match(warnings, [/500 samples before the last capture/])
  t.match(ledger.report(), { input: { rejected: { truncated: 1 } } })
})

t.test('a dataset of another program, with bytes that are no samples', async t => {
  const folder = t.testdir({})
  const global = { 'core:datatype': 'cu8', 'core:version': '1.2.0', 'core:dataset': 'x.dat', 'core:trailing_bytes': 3 }
  const captures = [
    { 'core:sample_start': 0, 'core:header_bytes': 4 },
    { 'core:sample_start': 2, 'core:header_bytes': 2 },
  ]
  writeFileSync(join(folder, 'x.sigmf-meta'), JSON.stringify({ global, captures, annotations: [] }))
  writeFileSync(join(folder, 'x.dat'), Buffer.from('hhhh0123hh4567ttt'))
  const packets = await allOf(surroundings().source(join(folder, 'x.sigmf-meta')))
  t.same(
    packets.map(({ data }) => Buffer.from(data).toString()),
    ['0123', '4567'],
  )
})

t.test('a failure leaves no recording, but what was written, and what that is', async t => {
  const folder = t.testdir({})
  const { sink, warnings, source } = surroundings()
  const recording = await sink(`sigmf:${join(folder, 'a')}`)
  await recording.write([packet({ ...META }, DATA)])
  await recording.abort?.()
  t.notOk(existsSync(join(folder, 'a.sigmf-meta')))
  t.notOk(existsSync(join(folder, 'a.sigmf-data')))
  t.equal(warnings.length, 2)
  for (const ending of ['data', 'meta'])
    renameSync(join(folder, `a.sigmf-${ending}.partial`), join(folder, `b.sigmf-${ending}`))
  const [kept] = await collect(source(`sigmf:${join(folder, 'b')}`))
  t.match(kept?.meta, { dtype: 'ci16_le', sample_rate: META.sample_rate })
  t.same([...(kept?.data ?? [])], [...DATA])
})

t.test('what cannot be recorded is counted and named once', async t => {
  const { sink, ledger, warnings } = surroundings()
  const recording = await sink(`sigmf:${join(t.testdir({}), 'a')}`)
  await recording.write([packet({ value: 1 }), packet({ value: 2 }), packet({ ...META }, DATA)])
  await recording.close()
  t.match(ledger.report(), { output: { out: 1, rejected: { 'no samples': 2 } } })
  t.equal(warnings.length, 1)
})

t.test('what is not there, and what is no path', async t => {
  await t.rejects(allOf(surroundings().source('sigmf:/nowhere/a')), /no such file/)
  await t.rejects(allOf(surroundings().source('sigmf:')), /expected a path/)
  await t.rejects(surroundings().sink('sigmf:a.sigmf'), /without an ending/)
})
