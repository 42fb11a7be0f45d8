// The fields of context packets: each alone, all at once, in order, signed where they are.

import t from 'tap'
import { FIELDS, readContext, writeContext } from '../../../src/codec/vrt/fields.ts'
import { BadValue, TooShort, WordReader } from '../../../src/codec/vrt/words.ts'
import type { Json, JsonObject } from '../../../src/packet.ts'
import { bytesOfHex } from '../../support/vrt.ts'

const read = (hex: string) => {
  const bytes = bytesOfHex(hex)
  return readContext(new WordReader(bytes, 0, bytes.length))
}

const FIX = '01123456 6553f100 00000000 00000000'
const NO_FIX = '7fffffff 7fffffff 7fffffff 7fffffff 7fffffff 7fffffff 7fffffff'

/** The bit, the words, and what they mean. Frequencies: published examples of other programs. */
const EXAMPLES: readonly (readonly [bit: number, words: string, value: Json])[] = [
  [30, '0000beef', '0x0000beef'],
  [29, '000005b8 d8000000', 6e6],
  [28, 'ffffffff fff00000', -1],
  [27, '00092080 88000000', 2.45e9],
  [26, 'ffffffff ffe80000', -1.5],
  [25, '00000000 00000001', 2 ** -20],
  [24, '00000080', 1],
  [23, '0080ff80', [1, -1]],
  [22, '0000002a', 42],
  [21, '00005f5e 10000000', 100e6],
  [20, 'ffffffff ffffffff', -1],
  [19, '6553f100', 1700000000],
  [18, '0000ffc0', -1],
  [17, '00123456 0000abcd', { oui: '123456', code: 0xabcd }],
  [16, 'ff0ff000', expectState()],
  [15, 'a00003cf 00000000', { kind: 'cartesian', number: 'int', item_size: 16, field_size: 16, packing: 'link' }],
  [10, '90000001', '0x90000001'],
  [9, '00123456 00000002 24475041 41410000', { oui: '123456', text: '$GPAAA' }],
  [
    8,
    '00010002 00018001 00000001 00000002 00000003 00000004 00000005 00000006',
    {
      sources: ['0x00000001'],
      systems: ['0x00000002', '0x00000003'],
      vectors: ['0x00000004'],
      channels: ['0x00000005'],
      channel_tags: ['0x00000006'],
    },
  ],
]

function expectState(): JsonObject {
  return {
    calibrated_time: true,
    valid_data: true,
    reference_lock: true,
    agc: true,
    detected_signal: true,
    spectral_inversion: true,
    over_range: true,
    sample_loss: true,
    word: '0xff0ff000',
  }
}

t.test('each field alone, both ways', async t => {
  for (const [bit, words, value] of EXAMPLES) {
    const hex = ((1 << bit) >>> 0).toString(16).padStart(8, '0') + words.replaceAll(' ', '')
    const context = read(hex)
    const name = FIELDS.find(field => field.bit === bit)?.name ?? ''
    t.same(context, { changed: false, [name]: value }, name)
    t.equal(writeContext(context).toString('hex'), hex, name)
  }
})

t.test('levels and temperatures are signed, in steps that manuals publish', async t => {
  for (const [word, level] of [
    ['00000080', 1],
    ['0000ff80', -1],
    ['00000001', 0.0078125],
    ['0000ffff', -0.0078125],
  ] as const)
    t.equal(read(`01000000 ${word}`)['reference_level'], level)
  for (const [word, celsius] of [
    ['00000040', 1],
    ['0000ffc0', -1],
    ['00000001', 0.015625],
    ['0000ffff', -0.015625],
  ] as const)
    t.equal(read(`00040000 ${word}`)['temperature'], celsius)
})

t.test('a place, with what is not known as null', async t => {
  const words = `${FIX} 0b400000 f4c00000 00000c80 00018000 7fffffff 7fffffff 7fffffff`
  const context = read(`00004000 ${words}`)
  t.same(context['gps'], {
    oui: '123456',
    tsi: 'none',
    seconds: 1700000000,
    tsf: 'samples',
    fraction: '0',
    latitude: 45,
    longitude: -45,
    altitude: 100,
    speed: 1.5,
    heading: null,
    track: null,
    magnetic_variation: null,
  })
  t.equal(writeContext(context).toString('hex'), `00004000${words.replaceAll(' ', '')}`)
  const nowhere = `00002000 00123456 ffffffff 00000000 00000000 ${NO_FIX}`
  t.match(read(nowhere)['ins'], { seconds: null, latitude: null })
  t.equal(writeContext(read(nowhere)).toString('hex'), nowhere.replaceAll(' ', ''))
})

t.test('ephemerides', async t => {
  const words =
    '09123456 6553f100 0000001c be991a14 00000020 ffffffe0 00000000 00400000 00000000 00000000 00010000 ffff0000 7fffffff'
  for (const [indicator, name] of [
    ['00001000', 'ephemeris'],
    ['00000800', 'relative_ephemeris'],
  ] as const) {
    const context = read(`${indicator} ${words}`)
    t.match(context[name], {
      tsi: 'gps',
      tsf: 'samples',
      fraction: '123456789012',
      position_x: 1,
      position_y: -1,
      attitude_alpha: 1,
      velocity_x: 1,
      velocity_y: -1,
      velocity_z: null,
    })
    t.equal(writeContext(context).toString('hex'), `${indicator}${words.replaceAll(' ', '')}`)
  }
})

t.test('a payload format', async t => {
  const hex = '00008000 200003cf 00000003'
  t.same(read(hex)['payload_format'], {
    kind: 'cartesian',
    number: 'int',
    item_size: 16,
    field_size: 16,
    packing: 'processing',
    vector: 4,
  })
  t.equal(writeContext(read(hex)).toString('hex'), hex.replaceAll(' ', ''))
  const reserved = '00008000 1a0003cf 00000000'
  t.same(read(reserved)['payload_format'], ['0x1a0003cf', '0x00000000'], 'a code without a meaning stays as it is')
  t.equal(writeContext(read(reserved)).toString('hex'), reserved.replaceAll(' ', ''))
})

t.test('all fields at once, in the order of their bits', async t => {
  const indicator = EXAMPLES.reduce((word, [bit]) => word | (1 << bit), 0x8000_0000 | 0) >>> 0
  const words = EXAMPLES.map(([, words]) => words)
  const hex = [indicator.toString(16), ...words].join('').replaceAll(' ', '')
  const context = read(hex)
  t.equal(context['changed'], true)
  for (const [bit, , value] of EXAMPLES) {
    t.same(context[FIELDS.find(field => field.bit === bit)?.name ?? ''], value, `bit ${bit}`)
  }
  t.equal(writeContext(context).toString('hex'), hex)
})

t.test('indicator words and fields of later versions are kept as they are', async t => {
  for (const hex of ['0800000a 00000001 00000002 00092080 88000000 deadbeef', '08000080 12345678 00092080 88000000'])
    t.equal(writeContext(read(hex)).toString('hex'), hex.replaceAll(' ', ''), hex)
  t.match(read('0800000a 00000001 00000002 00092080 88000000 deadbeef'), { rf_frequency: 2.45e9, rest: 'deadbeef' })
  t.notOk('rf_frequency' in read('08000080 12345678 00092080 88000000'))
})

t.test('fields that do not fit, and packets that end too soon', async t => {
  t.throws(() => read('08000000 00092080'), TooShort)
  t.throws(() => read('00000200 00123456 00000099 24475041'), TooShort)
  for (const context of [
    { rf_frequency: 'fast' },
    { temperature: 600 },
    { reference_point: -1 },
    { gain: 'high' },
    { payload_format: { kind: 'round', number: 'int' } },
    { gps: 5 },
    { indicators: '0x08000000' },
    { timestamp_adjustment_fs: 1e30 },
  ])
    t.throws(() => writeContext(context), BadValue, JSON.stringify(context))
})
