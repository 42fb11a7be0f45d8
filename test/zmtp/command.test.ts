// Commands: their bytes, what is no command, the reasons in ERROR.

import t from 'tap'
import { command, commandFrameBody, errorCommand, readCommand, refusedByPeer } from '../../src/zmtp/command.ts'

t.test('a command is the length of its name, its name, its data', async t => {
  const bytes = commandFrameBody(command('PING', Uint8Array.of(0, 10, 65)))
  t.same([...bytes], [4, 0x50, 0x49, 0x4e, 0x47, 0, 10, 65])
  const read = readCommand(bytes)
  t.equal(read.name, 'PING')
  t.same([...read.body], [0, 10, 65])
  t.equal(read.body.buffer, bytes.buffer, 'not copied')
  t.equal(readCommand(commandFrameBody(command('WELCOME'))).body.length, 0)
})

t.test('what has no name is no command', async t => {
  for (const bytes of [[], [0], [0, 65], [5, 82, 69], [2, 65, 0], [1, 0x80]]) {
    t.throws(() => readCommand(Buffer.from(bytes)), { message: /command without a name/ }, String(bytes))
  }
})

t.test('an error is told in 255 printable characters at most', async t => {
  const said = errorCommand('no\nway ü')
  t.equal(said.name, 'ERROR')
  t.equal(Buffer.from(said.body).toString('latin1'), '\x09no?way ??')
  t.equal(refusedByPeer(said).message, 'peer: the peer refused: no?way ??')
  t.equal(refusedByPeer(said).byPeer, true)
  const long = errorCommand('x'.repeat(300))
  t.equal(long.body.length, 256)
  t.equal(long.body[0], 255)
})

t.test('the reasons of libzmq are put in words, a missing one and control characters as well', async t => {
  t.match(refusedByPeer(errorCommand('400')).reason, /400: not authenticated/)
  t.match(
    refusedByPeer(readCommand(Buffer.from('^RROR\x03400'))).reason,
    /400: not authenticated/,
    'as libzmq spells it',
  )
  t.match(refusedByPeer(command('ERROR')).reason, /without a reason/)
  t.match(refusedByPeer(command('ERROR', Uint8Array.of(200, 27, 65))).reason, /refused: \?A$/)
})
