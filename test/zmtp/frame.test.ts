// The bytes of frames, and which of them are copied.

import t from 'tap'
import { command } from '../../src/zmtp/command.ts'
import { commandFrame, encodeClear, encodeSealed } from '../../src/zmtp/frame.ts'

const hex = (chunks: readonly Uint8Array[]) => Buffer.concat([...chunks]).toString('hex')

t.test('a header is short up to 255 bytes, long from 256 on', async t => {
  const header = (length: number) => hex(encodeClear([[Buffer.alloc(length)]])).slice(0, length < 256 ? 4 : 18)
  t.equal(header(0), '0000')
  t.equal(header(255), '00ff')
  t.equal(header(256), '020000000000000100')
  t.equal(header(70_000), '020000000000011170')
})

t.test('all parts but the last have more to follow', async t => {
  const parts = ['a', '', 'c'].map(text => Buffer.from(text))
  t.equal(hex(encodeClear([parts, [Buffer.from('d')]])), '0101610100000163000164')
})

t.test('parts from 64 KiB on are handed on as they are, everything between them is joined', async t => {
  const [small, almost, large] = [Buffer.from('s'), Buffer.alloc(65535, 1), Buffer.alloc(65536, 2)]
  const chunks = encodeClear([
    [small, large],
    [almost, small],
    [large, large],
  ])
  t.equal(chunks.length, 6)
  t.equal(chunks[1], large)
  t.equal(chunks[3], large)
  t.equal(chunks[5], large)
  t.equal(chunks[2]?.length, 9 + 65535 + 3 + 9)
  t.same(encodeClear([]), [])
})

t.test('a length beyond 32 bits is written in full', async t => {
  const part = new Uint8Array(0)
  Object.defineProperty(part, 'length', { value: 2 ** 33 + 5 })
  t.equal(hex([encodeClear([[part]])[0] ?? part]), '020000000200000005')
})

t.test('a command has its own flag, and may be long', async t => {
  t.equal(commandFrame(command('PING', Uint8Array.of(0, 1))).toString('hex'), '04070450494e470001')
  t.equal(
    commandFrame(command('READY', Buffer.alloc(250)))
      .toString('hex')
      .slice(0, 18),
    '060000000000000100',
  )
})

t.test('sealed bodies follow the name MESSAGE, large ones without being copied', async t => {
  const seal = (flags: number, body: Uint8Array) => (body.length > 9 ? body : Uint8Array.of(flags, ...body))
  const large = Buffer.alloc(65536)
  const chunks = encodeSealed([[Buffer.from('a'), large, Buffer.from('b')]], seal)
  t.equal(chunks[1], large)
  t.equal(hex(chunks.slice(0, 1)), '000a074d4553534147450161020000000000010008074d455353414745')
  t.equal(hex(chunks.slice(2)), '000a074d4553534147450062')
  t.equal(commandFrame(command('PING'), seal).toString('hex'), '000e074d455353414745020450494e47')
})
