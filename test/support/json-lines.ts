// Random objects as lines of JSON, spelled in every way JSON allows: for comparing scans with JSON.parse.

import fc from 'fast-check'
import { Line } from '../../src/codec/line.ts'

/** Keys that are easily mistaken for one another, for values or for syntax. */
export const KEYS: readonly string[] = [
  'a',
  'aa',
  'value',
  '"value"',
  'val',
  'ü',
  '',
  'name',
  'a.b',
  '__proto__',
  'toString',
  ':',
  '\\',
  '1',
]

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => JSON.stringify(value)),
  fc.constantFrom(
    '0',
    '-0',
    '1.0',
    '1e5',
    '-1.50E-3',
    '1e+2',
    '123456789012345678901234567890',
    '0.1',
    '1e999',
    '5e-324',
    '9007199254740993',
  ),
)
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...KEYS,
    '"value":1',
    '{',
    '}',
    '[',
    ',',
    ', "a": 2',
    'true',
    '5',
    '',
    'ü€😀',
    '\ud800',
    'x,y',
    '\r\n',
    '\t',
    '\\"',
  ),
)
/** A string with some characters escaped that need not be. */
const textJson = fc.tuple(text, fc.boolean()).map(([value, spelled]) => {
  const json = JSON.stringify(value)
  if (!spelled || json.includes('\\')) return json
  return json.replace(/[a-zA-Z]/, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
})
const space = fc.constantFrom('', '', '', ' ', '\t', '  ')
const scalar = fc.oneof(number, textJson, fc.constantFrom('true', 'false', 'null'))

const { value } = fc.letrec<{ value: string; list: string; object: string }>(tie => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }).map(items => `[${items.join(',')}]`),
  object: objectOf(tie('value'), 3),
}))

function objectOf(values: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  const key = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...KEYS).map(key => JSON.stringify(key)) }, textJson)
  const member = fc.tuple(space, key, space, space, values, space)
  return fc
    .array(
      member.map(([a, key, b, c, value, d]) => `${a}${key}${b}:${c}${value}${d}`),
      { maxLength },
    )
    .map(members => `{${members.join(',')}}`)
}

/** Flat objects, mostly; keys may come twice. */
export const objectJson = fc.oneof(objectOf(scalar, 6), objectOf(scalar, 6), objectOf(value, 4))

/** An object with some bytes changed: mostly no JSON any more. */
export const damagedJson = fc
  .tuple(objectJson, fc.nat(), fc.constantFrom('', '"', '{', '}', ',', ':', '0', '-', '.', 'e', '\\', 't', ' '))
  .map(([json, at, by]) => {
    const inside = Math.max(1, json.length - 1)
    const position = 1 + (at % inside)
    const damaged = json.slice(0, position) + by + json.slice(position + (at % 2))
    return damaged.endsWith('}') ? damaged : `${damaged}}`
  })

/** The line in the middle of a buffer, as it comes from a decoder. */
export function lineOf(json: string): Line {
  const before = Buffer.from('{"before":1}\n')
  const bytes = Buffer.from(json)
  const buffer = Buffer.concat([before, bytes, Buffer.from('\n{"value":"after"}\n')])
  return new Line(buffer, before.length, before.length + bytes.length, { source: 'test', offset: 0, line: 1 })
}
