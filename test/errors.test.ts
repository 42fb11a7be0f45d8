import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  CarrierError,
  DataError,
  errorCode,
  placeText,
  ReaderGone,
  systemReason,
  TimedOut,
  UsageError,
} from '../src/errors.ts'

t.test('a place is written as editors read it, with what is known of it', async t => {
  t.equal(placeText({ source: 'a.csv', line: 3, offset: 120 }), 'a.csv:3 (byte 120)')
  t.equal(placeText({ source: '-', offset: 0 }), '- (byte 0)')
  t.equal(placeText({ source: 'tcp://127.0.0.1:9', line: 1 }), 'tcp://127.0.0.1:9:1')
  t.equal(placeText({ source: 'x' }), 'x')
})

t.test('each error says where, keeps its parts and its cause', async t => {
  const cause = new Error('deep')
  const data = new DataError({ source: 'log', line: 2 }, 'invalid JSON', { cause })
  t.match(data, { name: 'DataError', message: 'log:2: invalid JSON', reason: 'invalid JSON', cause })
  t.same(data.place, { source: 'log', line: 2 })
  const carrier = new CarrierError('file:x', 'permission denied', { cause })
  t.match(carrier, { name: 'CarrierError', message: 'file:x: permission denied', where: 'file:x', cause })
  for (const error of [new UsageError('u'), new ReaderGone('r'), new TimedOut('t')]) {
    t.equal(error.name, error.constructor.name)
    t.ok(error instanceof Error)
  }
})

t.test('an error of the operating system is said in words', async t => {
  const thrown = (path: string) => {
    try {
      return readFileSync(path)
    } catch (error) {
      return error
    }
  }
  const folder = t.testdir({ file: '' })
  t.equal(systemReason(thrown(`${folder}/none`)), 'no such file or directory')
  t.equal(systemReason(thrown(folder)), 'is a directory')
  t.equal(systemReason(thrown(`${folder}/file/x`)), 'not a directory')
  t.equal(errorCode(thrown(`${folder}/none`)), 'ENOENT')
})

t.test('what has no words of ours keeps its own', async t => {
  t.equal(systemReason(Object.assign(new Error('odd thing'), { code: 'EODD' })), 'odd thing')
  t.equal(systemReason('just text'), 'just text')
  t.equal(errorCode(Object.assign(new Error(''), { code: 7 })), undefined)
  t.equal(errorCode({ code: 'ENOENT' }), undefined)
})
