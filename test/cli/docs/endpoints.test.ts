// The page of endpoints is complete and says things once; a command's page lists what the command takes.

import t from 'tap'
import { BUSES } from '../../../src/bus/index.ts'
import { CARRIERS } from '../../../src/carrier/index.ts'
import { brief, endpointPage, endpointSection } from '../../../src/cli/docs/endpoints.ts'
import { escaped } from '../../../src/cli/docs/roff.ts'
import type { Option } from '../../../src/cli/option.ts'
import { CODECS } from '../../../src/codec/index.ts'
import { STORES } from '../../../src/store/index.ts'

const page = endpointPage('1.2.3')
const option = (name: string): Option => ({ name, kind: 'text', argument: 'URL', summary: 'where' })
const sectionOf = (...names: readonly string[]) =>
  endpointSection({ options: names.map(option), positionals: [] }).join('\n')

t.test('the page has every carrier, store, bus and format, with every parameter and ending', async t => {
  t.match(page, '.TH DAQUTILS\\-ENDPOINTS 7 "" "daqutils 1.2.3"')
  for (const { example, params } of [...CARRIERS, ...STORES, ...BUSES]) {
    t.ok(page.includes(`.TP\n\\fB${escaped(example)}\\fR\n`), example)
    for (const { name, argument, summary } of params) {
      const head = `\\fB?${escaped(name)}\\fR${argument ? `=\\fI${escaped(argument)}\\fR` : ''}`
      t.ok(page.includes(head), `${example} ${name}`)
      t.ok(page.includes(escaped(summary)), `${example} ${name}: ${summary}`)
    }
  }
  for (const { name, endings } of CODECS)
    t.match(page, new RegExp(`\\\\fB${name}\\\\fR\\n.*\\. Endings: ${endings.join(', ')}\\n`), name)
  t.match(page, /a CSV file.*Endings: \.csv\n/, 'the ending that means a store')
})

t.test('what the ZeroMQ carriers share is said once, what some have with their names', async t => {
  const count = (text: string) => page.split(text).length - 1
  t.equal(count('\\fB?curve\\-key\\fR'), 1)
  t.equal(count('\\fB?heartbeat\\fR=\\fIDURATION\\fR\n'), 1)
  t.equal(count('\\fB?linger\\fR=\\fIDURATION\\fR (zmq+pub:, zmq+push:)\n'), 1)
  t.equal(count('\\fB?topic\\fR=\\fILIST\\fR (zmq+sub:)\n'), 1)
})

t.test('a command lists what it can read from or write to, a line for each', async t => {
  const [input, output, both] = [sectionOf('in'), sectionOf('out'), sectionOf('in', 'out')]
  t.match(input, 'zmq+sub')
  t.notMatch(input, 'zmq+pub')
  t.match(output, 'zmq+pub')
  t.notMatch(output, 'zmq+sub')
  for (const { example } of CARRIERS) t.ok(both.includes(escaped(example)), example)
  t.notMatch(both, /fB\?/, 'parameters are on the other page')
  t.match(both, 'daqutils\\-endpoints')
})

t.test('on a terminal of 80 columns each line of the lists is one', async t => {
  const fits = (rows: readonly (readonly [head: string, summary: string])[]) => {
    const indent = Math.max(...rows.map(([head]) => head.length)) + 2
    // man leaves 71 of them between its margins.
    for (const [head, summary] of rows) t.ok(indent + brief({ summary }).length <= 71, `${head}: ${brief({ summary })}`)
  }
  fits(CARRIERS.map(({ example, summary }) => [example, summary]))
  fits(STORES.map(({ scheme, summary }) => [`${scheme}:`, summary]))
})

t.test('stores are listed where they are written to or read from, brokers where there is --bus', async t => {
  const stores = (store: 'read' | 'write') =>
    endpointSection({ options: [], positionals: [{ name: 'STORE', summary: 'where', store }] }).join('\n')
  t.match(stores('write'), 'screen:')
  t.notMatch(stores('read'), 'screen:')
  t.match(stores('read'), 'sqlite:')
  t.match(sectionOf('bus'), 'tcp: tls: unix:')
  t.notMatch(sectionOf('bus'), 'formats')
  t.same(sectionOf('count'), '')
})
