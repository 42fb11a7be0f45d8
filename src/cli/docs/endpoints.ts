// daqutils-endpoints(7), the page of all inputs, outputs, stores, brokers and formats; and what a command's page says of them.

import { BUSES, type BusKind } from '../../bus/index.ts'
import type { Carrier } from '../../carrier/carrier.ts'
import { CARRIERS } from '../../carrier/index.ts'
import { CODECS } from '../../codec/index.ts'
import { STORE_ENDINGS, STORES } from '../../store/index.ts'
import type { StoreKind } from '../../store/store.ts'
import type { Command } from '../command.ts'
import { families, sharedBy } from './param-group.ts'
import { escaped, paragraph, references, section, term, terse } from './roff.ts'

export const ENDPOINT_PAGE = 'daqutils-endpoints'

/** A kind of endpoint as the page describes it. */
interface Described extends Pick<Carrier, 'example' | 'summary' | 'params'> {
  /** What a parameter that not all kinds of a group have is marked with. */
  readonly short: string
}

/** What is enough in a list: a summary up to its first semicolon. */
export function brief({ summary }: Pick<Carrier, 'summary'>): string {
  return summary.split(';', 1)[0] ?? summary
}

/** The whole page: each kind with its parameters, those that several share said once. */
export function endpointPage(version: string): string {
  const parts = [
    `.\\" Made from the tables of carriers, stores, buses and formats by 'npm run docs'.`,
    `.TH ${escaped(ENDPOINT_PAGE.toUpperCase())} 7 "" "daqutils ${version}" "daqutils"`,
    section('Name'),
    `${escaped(ENDPOINT_PAGE)} \\- where packets come from and go to, and in which form`,
    section('Description'),
    ...DESCRIPTION.map(paragraph),
    section('Inputs and outputs'),
    paragraph('*--in* and *--out* of every command take these, more than once where several are wanted.'),
    ...described(CARRIERS.map(carrier => ({ ...carrier, short: carrier.scheme }))),
    section('Stores'),
    paragraph('STORE of log-sink and log-source is one of these, or a path whose ending tells which.'),
    ...described(STORES.map(storeRow)),
    section('Brokers'),
    paragraph('*--bus* of broker takes these.'),
    ...described(BUSES.map(busRow)),
    section('Formats'),
    paragraph(
      'The format of an input is told by its first byte or by the ending of its name, that of an output by its ending or ' +
        'by what the packets came as; *--from* and *--to* name it where neither tells.',
    ),
    ...CODECS.map(({ name, summary, endings }) =>
      term(`\\fB${escaped(name)}\\fR`, `${summary}. Endings: ${endings.join(', ')}`),
    ),
    section('See also'),
    references(SEE_ALSO),
  ]
  return `${parts.join('\n')}\n`
}

const DESCRIPTION = [
  'An endpoint is *-*, a path, or a URL: a scheme, a colon and what it is about. HOST may be left out, which is this ' +
    'machine alone (127.0.0.1); an IPv6 address stands in brackets.',
  "Parameters stand after ?, joined by &, in quotes where a shell would read them: *'tcp://:5000?listen&max-peers=8'*. One " +
    'without a value here is a flag: alone or with =1 it is on, with =0 off. A parameter that an endpoint does not know is an error. A ' +
    'literal ? in a path is written %3F.',
  'N is a number, DURATION as in 500ms, 5s or 1m30s, SIZE as in 4096, 64KiB or 10MB.',
]

const SEE_ALSO = ['daqutils(7)', 'packet(5)', 'broker(5)', 'repack(1)', 'log-sink(1)', 'log-source(1)', 'broker(1)']

function storeRow(store: StoreKind): Described {
  const endings = Object.keys(STORE_ENDINGS).filter(ending => STORE_ENDINGS[ending] === store.scheme)
  const summary = [
    store.summary,
    ...(endings.length > 0 ? [`Endings: ${endings.join(', ')}`] : []),
    ...(store.read ? [] : ['It cannot be read back']),
  ].join('. ')
  return { ...store, summary, short: store.scheme }
}

function busRow({ schemes, example, summary, params }: BusKind): Described {
  const more = schemes.filter(scheme => !example.startsWith(`${scheme}:`)).map(scheme => `${scheme}:`)
  const tail = more.length > 0 ? `. Also ${more.join(' and ')}` : ''
  return { example, summary: `${summary}${tail}`, params, short: schemes[0] ?? '' }
}

/** The kinds, each with its parameters after it; those that have most of them in common with one list after them all. */
function described(rows: readonly Described[]): string[] {
  return families(rows).flatMap(group => {
    const params = sharedBy(group).map(({ param: { name, argument, summary }, of }) => {
      const value = argument ? `=\\fI${escaped(argument)}\\fR` : ''
      const some = of.length < group.length ? ` (${of.map(({ short }) => `${escaped(short)}:`).join(', ')})` : ''
      return term(`\\fB?${escaped(name)}\\fR${value}${some}`, summary)
    })
    const names = group.map(({ short }) => `*${short}:*`)
    return [
      ...group.map(({ example, summary }) => term(`\\fB${escaped(example)}\\fR`, summary)),
      ...(group.length > 1
        ? [paragraph(`Parameters of ${joined(names)}; where some of these are named, of them alone:`)]
        : []),
      ...(params.length > 0 ? ['.RS', ...params, '.RE'] : []),
    ]
  })
}

/** `a, b and c`. */
function joined(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter(Boolean).join(' and ')
}

/** The section of a command's page: which kinds it takes, a line for each, and where the rest is; nothing where none. */
export function endpointSection({ options, positionals }: Pick<Command, 'options' | 'positionals'>): string[] {
  const named = (name: string) => options.filter(option => option.name === name).map(() => `*--${name}*`)
  const inputs = [...named('in'), ...positionals.filter(({ input }) => input).map(({ name }) => name)]
  const outputs = named('out')
  const carriers = CARRIERS.filter(
    carrier => (inputs.length > 0 && isInput(carrier)) || (outputs.length > 0 && isOutput(carrier)),
  )
  const store = positionals.find(row => row.store)
  const stores = STORES.filter(({ read }) => store?.store === 'write' || (store?.store === 'read' && read))
  const lists = [
    ...list(
      [...inputs, ...outputs],
      carriers.map(carrier => [carrier.example, brief(carrier)]),
    ),
    ...list(
      store ? [store.name] : [],
      stores.map(store => [`${store.scheme}:`, brief(store)]),
    ),
    ...list(
      named('bus'),
      BUSES.map(bus => [bus.schemes.map(scheme => `${scheme}:`).join(' '), brief(bus)]),
    ),
  ]
  if (lists.length === 0) return []
  const formats = carriers.length > 0 ? ' and the formats' : ''
  return [section('Endpoints'), ...lists, paragraph(`Their parameters${formats} are in *${ENDPOINT_PAGE}*(7).`)]
}

const isInput = ({ channels, source }: Carrier) => Boolean(channels ?? source)
const isOutput = ({ outlet, sink }: Carrier) => Boolean(outlet ?? sink)

function list(takers: readonly string[], rows: readonly (readonly [head: string, meaning: string])[]): string[] {
  if (takers.length === 0) return []
  return [paragraph(`${joined(takers)} ${takers.length > 1 ? 'take' : 'takes'}:`), terse(rows)]
}
