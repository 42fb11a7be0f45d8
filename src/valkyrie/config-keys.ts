// The keys of a Valkyrie configuration: what each holds, in a program and in a file.

import { UsageError } from '../errors.ts'
import type { Policy } from '../stream/policy.ts'

/** What `newWriterInterface` and `newReaderInterface` take; `CONFIG_KEYS` says what each key means. */
export interface ValkyrieConfig {
  readonly class_name: string
  readonly endpoint?: string | undefined
  readonly high_water_mark?: number | string | undefined
  readonly recv_timeout_milliseconds?: number | string | undefined
  readonly filename_pattern?: string | undefined
  readonly log?: { readonly level?: string } | undefined
  readonly policy?: Policy | undefined
  readonly buffer?: number | string | undefined
  readonly topic?: string | readonly string[] | undefined
  readonly parts?: string | readonly string[] | undefined
  readonly wait_peers?: number | string | undefined
  readonly linger_milliseconds?: number | string | undefined
  readonly heartbeat_milliseconds?: number | string | undefined
  readonly max_packet?: number | string | undefined
  readonly follow?: boolean | undefined
  readonly insecure?: boolean | undefined
  readonly plain?: string | undefined
  readonly curve_key?: string | undefined
  readonly curve_server_key?: string | undefined
  readonly curve_allow?: string | undefined
  readonly signal?: AbortSignal | undefined
}

interface Key {
  readonly name: string
  readonly holds: 'text' | 'texts' | 'count' | 'milliseconds' | 'flag' | 'object'
  readonly summary: string
}

export const CONFIG_KEYS = [
  { name: 'class_name', holds: 'text', summary: 'the class, bare or after dls::valkyrie::' },
  { name: 'endpoint', holds: 'text', summary: 'tcp://HOST:PORT, ipc://PATH; tcp://*:PORT listens on all addresses' },
  {
    name: 'high_water_mark',
    holds: 'count',
    summary: 'packets that may wait for each reader: of 0 and 1 the latest, of more the oldest give way; writers only',
  },
  {
    name: 'recv_timeout_milliseconds',
    holds: 'milliseconds',
    summary: 'how long a read waits for a packet; 0 is for ever; readers only',
  },
  {
    name: 'filename_pattern',
    holds: 'text',
    summary: 'of the class file: NAME%06d for pairs of files, or the name of one file of frames',
  },
  { name: 'log', holds: 'object', summary: '{"level": "ERROR"} keeps warnings quiet' },
  {
    name: 'policy',
    holds: 'text',
    summary: 'what a full queue does: latest (default), drop-oldest, drop-newest, block',
  },
  { name: 'buffer', holds: 'count', summary: 'packets that may wait for each reader; default 1024' },
  { name: 'topic', holds: 'texts', summary: 'reader: only messages that begin so; writer: the topic of its messages' },
  { name: 'parts', holds: 'texts', summary: 'the parts of a message: of topic, meta and data; default meta, data' },
  { name: 'wait_peers', holds: 'count', summary: 'peers that a writer waits for before its first packet' },
  {
    name: 'linger_milliseconds',
    holds: 'milliseconds',
    summary: 'how long close waits for what is still unsent; default 2000, with block any time',
  },
  {
    name: 'heartbeat_milliseconds',
    holds: 'milliseconds',
    summary: 'how often a silent peer is asked for a sign of life, and left if there is none; default never',
  },
  { name: 'max_packet', holds: 'count', summary: 'bytes of the longest packet that is read' },
  { name: 'follow', holds: 'flag', summary: 'of the class file: go on reading as packets come' },
  { name: 'insecure', holds: 'flag', summary: 'listen beyond loopback without keys' },
  { name: 'plain', holds: 'text', summary: 'a file with user and password' },
  { name: 'curve_key', holds: 'text', summary: 'the file of the own secret key' },
  { name: 'curve_server_key', holds: 'text', summary: "the file of the listener's public key" },
  { name: 'curve_allow', holds: 'text', summary: 'the file of the public keys that may connect' },
  { name: 'signal', holds: 'object', summary: 'in a program: an AbortSignal that ends it' },
] as const satisfies readonly Key[]

const CHECKS: Readonly<Record<Key['holds'], { expected: string; fits: (value: unknown) => boolean }>> = {
  text: { expected: 'text', fits: value => typeof value === 'string' && value !== '' },
  texts: {
    expected: 'text or a list of texts',
    fits: value => isText(value) || (isList(value) && value.every(isText)),
  },
  count: { expected: 'a whole number, as a number or as text', fits: value => isCount(value) },
  milliseconds: { expected: 'milliseconds, as a number or as text', fits: value => isNumber(value) },
  flag: { expected: 'true or false', fits: value => typeof value === 'boolean' },
  object: { expected: 'an object', fits: value => typeof value === 'object' && value !== null },
}

const isText = (value: unknown) => typeof value === 'string'
const isList = (value: unknown) => Array.isArray(value)
const isNumber = (value: unknown) => value !== '' && (isText(value) || typeof value === 'number') && Number(value) >= 0
const isCount = (value: unknown) => isNumber(value) && Number.isSafeInteger(Number(value))

/** Throws a UsageError that names the key, what it holds and what was expected; a key that is undefined is not there. */
export function checkKeys(config: unknown): void {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new UsageError('a Valkyrie configuration: expected an object with class_name')
  }
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined) continue
    const key = CONFIG_KEYS.find(known => known.name === name)
    if (!key) {
      throw new UsageError(`unknown key '${name}': expected some of ${CONFIG_KEYS.map(({ name }) => name).join(', ')}`)
    }
    const { expected, fits } = CHECKS[key.holds]
    if (!fits(value)) throw new UsageError(`${name}: ${JSON.stringify(value)}: expected ${expected}`)
  }
}
