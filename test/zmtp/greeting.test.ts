// Greetings: their bytes, every cut, and what no greeting begins with.

import t from 'tap'
import { GreetingReader, greetingBytes } from '../../src/zmtp/greeting.ts'
import { cuttings } from '../support/chunking.ts'

t.test('the bytes are those of the specification', async t => {
  const bytes = greetingBytes({ name: 'PLAIN', asServer: true })
  const signature = 'ff00000000000000007f'
  const mechanism = '504c41494e'.padEnd(40, '0')
  t.equal(bytes.toString('hex'), `${signature}0301${mechanism}01${'00'.repeat(31)}`)
  t.equal(greetingBytes({ name: 'NULL', asServer: false })[32], 0)
})

t.test('is read in every cut, what follows is given back', async t => {
  const greeting = greetingBytes({ name: 'CURVE', asServer: true })
  const bytes = Buffer.concat([greeting, Buffer.from('next')])
  for (const { name, chunks } of cuttings(bytes)) {
    const reader = new GreetingReader()
    const rest = chunks.map(chunk => reader.push(Buffer.from(chunk)))
    t.equal(Buffer.concat(rest).toString(), 'next', name)
    t.same(reader.greeting, { major: 3, minor: 1, mechanism: 'CURVE', asServer: true }, name)
  }
  const reader = new GreetingReader()
  reader.push(greeting.subarray(0, 63))
  t.equal(reader.greeting, undefined)
})

t.test('the padding means nothing, a newer version is welcome', async t => {
  const bytes = greetingBytes({ name: 'NULL', asServer: false })
  bytes.fill(0xaa, 1, 9)
  bytes[10] = 4
  const reader = new GreetingReader()
  reader.push(bytes)
  t.equal(reader.greeting?.major, 4)
})

t.test('what is no greeting, or an old one, is refused as soon as it can be told', async t => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['474554202f20', 1, /no ZMTP: begins with "G"/],
    ['ff00000000000000007e', 10, /ZMTP 1\.0, expected 3\.0/],
    ['ff00000000000000003f', 10, /no ZMTP: begins with "\?{10}"/],
    ['ff00000000000000017f00', 11, /ZMTP 1\.0/],
    ['ff00000000000000017f01', 11, /ZMTP 2\.0/],
  ]
  for (const [hex, needed, words] of cases) {
    const bytes = Buffer.from(hex, 'hex')
    const reader = new GreetingReader()
    t.doesNotThrow(() => reader.push(bytes.subarray(0, needed - 1)), hex)
    t.throws(() => reader.push(bytes.subarray(needed - 1, needed)), { message: words }, hex)
  }
})
