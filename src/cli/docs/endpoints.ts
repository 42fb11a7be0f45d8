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
    section('Joining processes over HTTP'),
    ...HTTP.map(paragraph),
    ...HTTP_WORDS.map(([head, meaning]) => term(`\\fB${escaped(head)}\\fR`, meaning)),
    section('On demand'),
    ...ON_DEMAND.map(paragraph),
    section('Stores'),
    paragraph('STORE of log-sink and log-source is one of these, or a path whose ending tells which.'),
    ...described(STORES.map(storeRow)),
    section('Brokers'),
    paragraph('*--bus* of broker takes these.'),
    ...described(BUSES.map(busRow)),
    section('Formats'),
    paragraph(
      'The format of an input is told by the ending of its name, or else by its first byte, which tells frames from newline-JSON ' +
        'and, in vrt(1), both from VRT; that of an output by its ending or by what the packets came as. *--from* and *--to* name ' +
        'it where neither tells: raw samples, VRT or CSV on stdin or from a socket want *--from*.',
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
  'At the end, an output of tcp, unix or http that listens waits for each peer that is connected to take all, where the policy ' +
    'is block. With any other policy a peer has 2 seconds; what it has not taken by then is dropped and counted (peer too slow).',
]

const HTTP = [
  'An output with listen answers each GET of its path with all that is ready for who asks, at once if there is something, ' +
    'after 25 seconds at most; an input asks again and again. Headers say what the body is; the body is packets as they are ' +
    'in a file: lines or frames, or what --to or Accept asks for. The other way round, an input with listen takes what an ' +
    'output, or any program, posts to its path: *curl --data-binary @log.ndjson http://127.0.0.1:5000/log*.',
  'Packets are numbered from 0. The latest --buffer of them are kept (at most 64 MiB; of small ones 1 MiB, with the policy block), so that a ' +
    'reader whose connection broke, or any program that asks with *?from=N*, goes on where it was. What is not kept any more is ' +
    'told by a gap record with its exact number, and counted by the writer: exit code 3. Each reader has its own place, bound ' +
    'and policy; one that keeps its connection but does not ask is waited for where the policy is block. Who does not say who it ' +
    'is, as curl, has the policy drop-oldest if it asks for no other: it keeps no writer waiting.',
  'With *name=NAME* the writer remembers how much of what it sent has been dealt with, also by commands further on that have ' +
    'names: a command in the middle that is killed and started again goes on there. What it had passed on already may come twice. ' +
    'A name is that of one reader at a time: the one that came first fails when another comes by it. ' +
    'Beside the readers that are there 1024 names are remembered; then the one that left first is forgotten, which is said. ' +
    'When a writer itself is started anew, its readers say so and count one loss, because nobody knows what it had not sent.',
  'The end of the writer is told to each reader that has all of it. Requests of other paths, methods, hosts and pages are ' +
    'refused; so is an address that is not loopback, unless it is https with client-ca, or insecure.',
]

const HTTP_WORDS = [
  ['GET PATH?from=N', 'packets from this number on; without it, what is written from now on'],
  ['GET PATH?policy=block', 'be waited for; or any other policy, for this reader alone'],
  [
    'GET PATH?packet',
    'the data of one packet alone, its meta as JSON in daq-meta; also with Accept: application/octet-stream',
  ],
  ['daq-next', 'the number to ask for next'],
  ['daq-from', 'the number of the first packet in the body'],
  ['daq-packet', 'what that is: gap, spectrum, samples, value or record'],
  ['daq-lost', 'so many packets are missing before it; the body begins with the gap record'],
  ['daq-stream', 'the run of the writer that the numbers are of'],
  ['daq-end', 'nothing more will come'],
] as const

const ON_DEMAND = [
  'An input with on-demand is connected only while the outputs of its command want something: a file and a terminal always ' +
    'do, an output that listens (tcp, unix, http, zmq+pub) while it has readers, the live page of spectrum while somebody looks. ' +
    'In a chain of such commands the wish goes up to the source, up to an instrument: *vrt --device HOST --on-demand* stops its ' +
    'stream when the last reader has left, and starts it again for the next. Where the packets go on after that stands a gap ' +
    'record of 0 packets, across which nothing is computed. What cannot be left and come back to, as stdin or a file, refuses it.',
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
