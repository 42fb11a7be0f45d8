import fc from 'fast-check'
import t from 'tap'
import { Envelope } from '../../src/codec/envelope.ts'
import { wordsOf } from '../../src/codec/json-value.ts'

const envelope = new Envelope()

function scan(text: string) {
  const buffer = Buffer.from(`${text}\n`)
  const found = envelope.scan(buffer, 0, buffer.length - 1)
  return found === 'data' ? envelope.topicText(buffer) : { found }
}

t.test('finds the topic wherever it stands', async t => {
  t.equal(scan('{"topic":"a.b"}'), 'a.b')
  t.equal(scan('{ "value" : -1.5e3 , "topic" : "ö.b" , "ok" : true }'), 'ö.b')
  t.equal(scan('{"deep":{"topic":"no","list":[{"topic":1},[],{}]},"topic":""}'), '')
  t.equal(scan('{"topic":"a\\u002eb\\n"}'), 'a.b\n')
  t.equal(scan('{"t\\u006fpic":"a"}'), 'a')
  t.equal(scan('{"say":"\\"topic\\":\\"x\\"","topic":"y"}'), 'y')
})

t.test('tells what is for the broker, and what has no topic', async t => {
  t.same(scan('{"broker":{"do":"ping"}}'), { found: 'control' })
  t.same(scan('{"br\\u006fker":1}'), { found: 'control' })
  t.equal(scan('{"broker":1,"topic":"a"}'), 'a')
  for (const text of ['{}', '{"broker":1,"a":2}', '{"topics":"a"}', '{"Topic":"a"}', '{"a":{"topic":"a"}}']) {
    t.same(scan(text), { found: 'no topic' }, text)
  }
  t.same(scan('{"topic":"a","t\\u006fpic":"b"}'), { found: 'two topics' })
  t.same(scan('{"topic":1}'), { found: 'topic is no text' })
})

t.test('an object that ends where its line does', async t => {
  const lineOf = (text: string) => {
    const buffer = Buffer.from(text)
    return envelope.scanLine(buffer, 1, wordsOf(buffer))
  }
  const long = `"${'a long text '.repeat(60)}"`
  for (const text of ['x{"topic":"a"}\n', `x{"long":${long} , "topic":"b"}\n{"topic":`]) {
    t.equal(lineOf(text), 'data')
    t.equal(envelope.end, text.indexOf('\n'))
  }
  t.equal(lineOf('x{"broker":{"do":"ping"}}\n'), 'control')
  for (const text of [
    'x{"topic":\n"a"}\n',
    'x{"topic":"a"} \n',
    'x{"topic":"a"}',
    `x{"topic":${long.slice(0, -1)}\n"}\n`,
  ]) {
    t.equal(lineOf(text), 'invalid JSON', text)
  }
})

t.test('the hash is one of the topic alone', async t => {
  const hashOf = (text: string) => {
    const buffer = Buffer.from(text)
    envelope.scan(buffer, 0, buffer.length)
    return envelope.hash(buffer)
  }
  t.equal(hashOf('{"topic":"a.b","x":1}'), hashOf('{"y":[2],"topic":"a.b"}'))
  t.not(hashOf('{"topic":"a.b"}'), hashOf('{"topic":"a.c"}'))
})

t.test('what JSON.parse refuses is refused', async t => {
  const bad =
    '{|{"a":}|{"a" 1}|{"a":1,}|{,}|{"a":01}|{"a":1.}|{"a":.5}|{"a":+1}|{"a":1e}|{"a":tru}|{"a":nul}|{"a":"|{"a":"\\x"}|' +
    '{"a":"\\u12g4"}|{"a":[1,]}|{"a":[}|{"a":{"b"}}|{"a":1}}|{"a":1} 2|{a:1}|{"a":\'b\'}|{"a":"\u0001"}|{"a":[1 2]}'
  for (const text of bad.split('|')) {
    t.throws(() => JSON.parse(text), text)
    t.same(scan(text), { found: 'invalid JSON' }, text)
  }
  for (const text of ['[1]', '"a"', '1', '']) t.same(scan(text), { found: 'invalid JSON' }, text)
  t.same(scan(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`), { found: 'invalid JSON' })
  t.same(scan(`{"a":${'['.repeat(900)}${']'.repeat(900)}}`), { found: 'no topic' })
})

t.test('any JSON is taken, whatever else it holds, and its topic is what JSON.parse says', async () => {
  const others = fc.jsonValue()
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), others),
      fc.option(fc.string()),
      fc.constantFrom(0, 1, 3),
      (object, topic, space) => {
        const { topic: _, broker: __, ...rest } = object
        const text = JSON.stringify(topic === null ? rest : { ...rest, topic, '': 1 }, undefined, space)
        const found = scan(text)
        return topic === null ? typeof found === 'object' && found.found === 'no topic' : found === topic
      },
    ),
    { numRuns: 500 },
  )
})

t.test('damaged JSON is taken only where JSON.parse takes it', async () => {
  const text = '{"topic":"a.b","value":[-1.5e+3,{"x":null}],"say":"\\u00e4\\n","ok":true}'
  fc.assert(
    fc.property(
      fc.nat(text.length - 1),
      fc.constantFrom(...'{}[]":,\\ux0-.e \t'),
      fc.boolean(),
      (at, character, insert) => {
        const damaged = (text.slice(0, at) + character + text.slice(insert ? at : at + 1)).trim()
        const isInvalid = (found: unknown) => JSON.stringify(found) === '{"found":"invalid JSON"}'
        try {
          JSON.parse(damaged)
        } catch {
          return isInvalid(scan(damaged))
        }
        return !isInvalid(scan(damaged))
      },
    ),
    { numRuns: 1000 },
  )
})
