// What valkyrie-send and valkyrie-recv have in common: the options that name a link, and the keys of its configuration.

import { CLASSES } from '../valkyrie/class-name.ts'
import { CONFIG_KEYS, type ValkyrieConfig } from '../valkyrie/config-keys.ts'
import type { ConfigKey, Topic } from './command.ts'
import type { Option, Values } from './option.ts'

export const LINK = [
  {
    name: 'class',
    kind: 'text',
    argument: 'NAME',
    default: 'zmq_pubsub',
    summary: `who talks to whom: ${CLASSES.map(({ name }) => name).join(', ')}`,
  },
  {
    name: 'endpoint',
    short: 'e',
    kind: 'text',
    argument: 'ENDPOINT',
    summary: 'where: tcp://HOST:PORT, ipc://PATH; tcp://*:PORT listens on all addresses',
  },
  {
    name: 'filename-pattern',
    kind: 'text',
    argument: 'PATTERN',
    summary: 'files of the class file: NAME%06d for pairs NAME000000.json and .data, else one file of frames',
  },
  {
    name: 'topic',
    kind: 'text',
    argument: 'TOPIC',
    many: true,
    summary: 'send: the topic of the messages; recv: only messages that begin with it',
  },
  {
    name: 'parts',
    kind: 'text',
    argument: 'PARTS',
    summary: 'the parts of a message, some of topic,meta,data (default meta,data); data alone as GNU Radio sends it',
  },
  {
    name: 'heartbeat',
    kind: 'duration',
    argument: 'TIME',
    summary: 'ask a silent peer for a sign of life so often, and leave it if there is none',
  },
  {
    name: 'insecure',
    kind: 'flag',
    summary: 'listen beyond this machine without keys: anybody who reaches the port may connect',
  },
  { name: 'plain', kind: 'text', argument: 'FILE', summary: 'a file with user and password, in the clear' },
  { name: 'curve-key', kind: 'text', argument: 'FILE', summary: 'the own secret key: encrypts (see valkyrie-keygen)' },
  {
    name: 'curve-server-key',
    kind: 'text',
    argument: 'FILE',
    summary: 'the public key of the end that listens, where this one connects',
  },
  {
    name: 'curve-allow',
    kind: 'text',
    argument: 'FILE',
    summary: 'where this end listens: the public keys that may connect, one a line; any is everybody',
  },
] as const satisfies readonly Option[]

/** The options as a configuration. */
export function linkConfig(values: Values<typeof LINK>): ValkyrieConfig {
  return {
    class_name: values.class,
    endpoint: values.endpoint,
    filename_pattern: values['filename-pattern'],
    topic: values.topic.length > 0 ? values.topic : undefined,
    parts: values.parts,
    heartbeat_milliseconds: values.heartbeat,
    insecure: values.insecure,
    plain: values.plain,
    curve_key: values['curve-key'],
    curve_server_key: values['curve-server-key'],
    curve_allow: values['curve-allow'],
  }
}

const milliseconds = (value: unknown) => (Number(value) > 0 ? `${value}ms` : undefined)
const level = (levels: readonly string[]) => (log: unknown) => {
  const found = typeof log === 'object' && log !== null ? Reflect.get(log, 'level') : undefined
  return levels.includes(String(found).toUpperCase()) ? 'true' : undefined
}

/** Keys that are not an option's name written with `_`. */
const MEANINGS: readonly Required<ConfigKey>[] = [
  { name: 'class_name', option: 'class', word: String },
  { name: 'high_water_mark', option: 'buffer', word: value => String(Math.max(1, Number(value))) },
  { name: 'high_water_mark', option: 'policy', word: value => (Number(value) > 1 ? 'drop-oldest' : undefined) },
  { name: 'recv_timeout_milliseconds', option: 'idle-timeout', word: milliseconds },
  { name: 'heartbeat_milliseconds', option: 'heartbeat', word: milliseconds },
  { name: 'linger_milliseconds', option: 'linger', word: value => `${value}ms` },
  { name: 'log', option: 'verbose', word: level(['DEBUG']) },
  { name: 'log', option: 'quiet', word: level(['ERROR', 'CRITICAL', 'FATAL']) },
]

/** Every key of a configuration: what is for the other end is known, and of no use. */
export function valkyrieConfigKeys(
  options: readonly Option[],
  { ignored }: { readonly ignored: readonly string[] },
): readonly ConfigKey[] {
  const has = (option: string) => options.some(({ name }) => name === option)
  return CONFIG_KEYS.flatMap(({ name }): readonly ConfigKey[] => {
    const meanings = MEANINGS.filter(key => key.name === name && has(key.option))
    const dashed = name.replaceAll('_', '-')
    if (ignored.includes(name)) return [{ name }]
    if (meanings.length > 0) return meanings
    return has(dashed) ? [{ name, option: dashed }] : [{ name }]
  })
}

export const CLASS_TOPIC: Topic = {
  title: 'Classes',
  text: [
    'A class is named bare, or as the Valkyrie library for Python names it, after dls::valkyrie:: or dls_::valkyrie::. ' +
      'The classes zmq_… speak ZMTP 3.1, the wire protocol of ZeroMQ: at the other end may be any program that uses ' +
      'libzmq. A packet is a message of two parts: the meta as JSON, and the data.',
  ],
  terms: CLASSES.map(({ name, summary }) => [name, summary] as const),
}

export const CONFIG_TOPIC: Topic = {
  title: 'Configuration file',
  text: [
    '*--config* also takes the configuration of a Valkyrie program, with these keys. An option of the same meaning, on ' +
      'the command line or in the environment, comes first.',
  ],
  terms: CONFIG_KEYS.filter(({ name }) => name !== 'signal').map(({ name, summary }) => [name, summary] as const),
}
