// The options that mean the same in every command: each is written here, once.

import { DEFAULT_BUS } from '../bus/bus.ts'
import { POLICIES } from '../stream/policy.ts'
import type { Option } from './option.ts'

const FORMATS = ['auto', 'ndjson', 'frame', 'csv', 'raw', 'vrt'] as const

/** Every command has these. */
export const COMMON = [
  { name: 'help', short: 'h', kind: 'flag', summary: 'print help and exit' },
  { name: 'version', short: 'V', kind: 'flag', summary: 'print the version and exit' },
  { name: 'quiet', short: 'q', kind: 'flag', summary: 'say nothing but errors' },
  { name: 'verbose', short: 'v', kind: 'flag', summary: 'say what is done, and a summary at the end' },
  {
    name: 'color',
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    argument: 'WHEN',
    default: 'auto',
    summary: 'colour for people: auto is on a terminal, unless NO_COLOR is set',
  },
  {
    name: 'config',
    kind: 'text',
    argument: 'FILE',
    summary: 'read options from a JSON file',
    detail:
      'The file holds one JSON object: option names and values, and under the name of a command those that are for ' +
      'this command alone. Flags come before the environment, the environment before the file.',
  },
  {
    name: 'stats',
    kind: 'duration',
    argument: 'EVERY',
    bare: '5s',
    summary: 'print statistics as ndjson on stderr, at this interval and at the end',
  },
] as const satisfies readonly Option[]

/** When to end. */
export const LIMITS = [
  { name: 'count', short: 'n', kind: 'count', argument: 'N', summary: 'end after N packets' },
  { name: 'duration', kind: 'duration', argument: 'TIME', summary: 'end well after this time' },
  { name: 'timeout', kind: 'duration', argument: 'TIME', summary: 'give up after this time, with exit code 124' },
  {
    name: 'idle-timeout',
    kind: 'duration',
    argument: 'TIME',
    summary: 'give up when nothing has come for this time, with exit code 124',
  },
] as const satisfies readonly Option[]

/** What happens to records nobody can read. */
export const REJECTS = [
  {
    name: 'reject',
    kind: 'text',
    argument: 'FILE',
    summary: 'append the bytes of rejected records to a file',
  },
  { name: 'strict', kind: 'flag', summary: 'stop at the first bad record or failing output, with exit code 1' },
] as const satisfies readonly Option[]

/** What a record may be. */
export const RECORDS = [
  { name: 'validate', kind: 'flag', summary: 'parse every record, also where it is only passed on' },
  {
    name: 'max-packet',
    kind: 'size',
    argument: 'SIZE',
    default: '1GiB',
    summary: 'a longer record is an error, not an allocation',
  },
  ...REJECTS,
] as const satisfies readonly Option[]

/** Where packets come from and how they are read. */
export const INPUT = [
  {
    name: 'in',
    short: 'i',
    kind: 'text',
    argument: 'URL',
    many: true,
    summary: 'read packets from here (default stdin); several are merged',
  },
  {
    name: 'from',
    kind: 'choice',
    choices: FORMATS,
    argument: 'FORMAT',
    default: 'auto',
    summary: 'format of the input; auto tells it by the file name or the first byte',
  },
  {
    name: 'dtype',
    kind: 'text',
    argument: 'TYPE',
    summary: 'element type of raw input: float32, complex64, cf32_le, …',
  },
  {
    name: 'chunk',
    kind: 'size',
    argument: 'SIZE',
    summary: 'cut raw input into packets of this many bytes; default: 64KiB, to fft as it comes',
  },
  {
    name: 'shape',
    kind: 'text',
    argument: 'N,N…',
    summary: 'cut raw input into arrays of this shape and --dtype: 1035,1060',
  },
  { name: 'sample-rate', kind: 'number', argument: 'HZ', summary: 'sample rate of raw input, put into the meta' },
  ...RECORDS,
] as const satisfies readonly Option[]

/** Where packets go and how they are written. */
export const OUTPUT = [
  {
    name: 'out',
    short: 'o',
    kind: 'text',
    argument: 'URL',
    many: true,
    summary: 'write packets there (default stdout); several each get every packet',
  },
  {
    name: 'to',
    kind: 'choice',
    choices: FORMATS,
    argument: 'FORMAT',
    default: 'auto',
    summary: 'format of the output; auto tells it by the file name or what the packets came as',
  },
  {
    name: 'data',
    kind: 'choice',
    choices: ['base64', 'array'],
    argument: 'AS',
    default: 'base64',
    summary: 'how ndjson writes the bytes of a packet: base64 text, or numbers by its dtype',
  },
] as const satisfies readonly Option[]

/** Where topics are. */
export const BUS = [
  {
    name: 'bus',
    kind: 'text',
    argument: 'URL',
    default: DEFAULT_BUS,
    summary: 'the broker of topics, or another bus: tcp://HOST:PORT, unix:PATH, nats://HOST, …',
    detail: 'See broker(1) for all of them.',
  },
] as const satisfies readonly Option[]

/** What endpoints have around them: what happens at a full queue, and the bus that has their topics. */
export const QUEUE = [
  {
    name: 'policy',
    kind: 'choice',
    choices: POLICIES,
    argument: 'POLICY',
    default: 'block',
    summary: 'what a full queue does: wait, or drop packets (counted, announced, exit code 3)',
  },
  {
    name: 'buffer',
    kind: 'count',
    argument: 'N',
    default: '1024',
    summary: 'how many packets a queue holds',
  },
  ...BUS,
] as const satisfies readonly Option[]
