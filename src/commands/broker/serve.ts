// broker serve: the embedded broker as a process.

import { DEFAULT_BUS } from '../../bus/bus.ts'
import type { ArchiveOptions } from '../../bus/durable/archive.ts'
import { LISTENERS } from '../../bus/listener.ts'
import { Server } from '../../bus/server.ts'
import { readTokens, type Tokens } from '../../bus/tokens.ts'
import { defineCommand } from '../../cli/command.ts'
import type { Option, Values } from '../../cli/option.ts'
import { COMMON, LIMITS } from '../../cli/shared-options.ts'
import { type CarrierError, UsageError } from '../../errors.ts'
import { JOURNAL_SYNC } from '../../journal/journal.ts'
import { Timer } from '../../timer.ts'
import { compileLate } from '../../v8-flags.ts'

const OPTIONS = [
  ...COMMON,
  ...LIMITS.filter(({ name }) => name === 'duration'),
  {
    name: 'listen',
    kind: 'text',
    argument: 'URL',
    many: true,
    summary: `accept clients here (default ${DEFAULT_BUS})`,
  },
  {
    name: 'max-packet',
    kind: 'size',
    argument: 'SIZE',
    default: '64MiB',
    summary: 'a client that sends a longer packet is told so and hung up on',
  },
  {
    name: 'spill',
    kind: 'text',
    argument: 'FOLDER',
    default: '/tmp',
    summary: 'where packets wait for subscribers with the policy spill',
  },
  {
    name: 'spill-size',
    kind: 'size',
    argument: 'SIZE',
    default: '1GiB',
    summary: 'how much may wait there for one subscriber; what comes then is dropped',
  },
  {
    name: 'tokens',
    kind: 'text',
    argument: 'FILE',
    summary: 'let in only clients with a token of this file, each with its rights',
    detail:
      'Each line of the file is JSON: {"token":"…","publish":["lab.#"],"subscribe":["#"],"ps":true}, or sha256 with the hash ' +
      'of the token instead of the token. A group and a consumer (broker sub --group, --durable) are for those who may ' +
      'subscribe to its name. HUP reads it again. A client shows its token by *?token=FILE* in the URL of --bus.',
  },
  {
    name: 'journal',
    kind: 'text',
    argument: 'FOLDER',
    summary: 'keep what is published in this folder, before the publisher is told so; see journal(5)',
    detail:
      'Subscribers can then begin in the past (broker sub --from), or as consumers that go on where they acknowledged ' +
      '(broker sub --durable). What is retained survives, too. A folder belongs to one broker at a time.',
  },
  {
    name: 'sync',
    kind: 'choice',
    choices: JOURNAL_SYNC,
    argument: 'WHEN',
    default: 'interval',
    summary: 'the journal is on the disk before a publisher is told so, once a second, or when the system likes',
    detail:
      'What a publisher has been told to be kept survives a kill of the broker in each mode; always survives a power cut, ' +
      'too: one sync covers all that has come while the one before went on.',
  },
  {
    name: 'journal-topics',
    kind: 'text',
    argument: 'PATTERN',
    many: true,
    summary: 'keep these topics alone (default #)',
  },
  {
    name: 'journal-size',
    kind: 'size',
    argument: 'SIZE',
    summary: 'remove the oldest files of the journal while all together are longer than this',
  },
  {
    name: 'journal-age',
    kind: 'duration',
    argument: 'TIME',
    summary: 'remove files of the journal whose last packet is older than this',
  },
  {
    name: 'journal-segment',
    kind: 'size',
    argument: 'SIZE',
    default: '64MiB',
    summary: 'begin a new file of the journal when one is this long',
  },
] as const satisfies readonly Option[]

export const brokerServe = defineCommand({
  name: 'broker serve',
  summary: 'be a broker',
  description: [
    'broker serve accepts clients, and passes each packet that one of them publishes to those that have subscribed to its ' +
      'topic, as it came, byte by byte. It serves until it is stopped.',
    'Nobody waits for a subscriber that has not asked for it: what it does not take in time waits for it alone, within the ' +
      'bounds and by the policy that it has chosen itself (broker sub --policy, --buffer). What it loses is counted, and told to it by gap ' +
      'records where it is missing.',
    'With --journal each packet is written to a journal on the disk before its publisher is told that it has arrived: it ' +
      'survives a kill of the broker, and whoever subscribes can begin in the past. When the disk is full the publishers are ' +
      'told so and hung up on, what was confirmed stays, and the rest of the broker goes on.',
    'Every packet is checked to be JSON with a topic before it goes anywhere. A client that sends something else is told ' +
      'what is wrong and hung up on; the others notice nothing.',
  ],
  positionals: [],
  topics: [
    {
      title: 'Where to listen',
      text: [
        'An address that is not loopback is refused unless it is tls:// or https:// and --tokens says who may come, or unless ' +
          'it has the parameter insecure.',
      ],
      terms: Object.values(LISTENERS).flatMap(({ example, summary, params }) => [
        [example, summary] as const,
        ...params.map(({ name, argument, summary }) => [`?${name}${argument ? `=${argument}` : ''}`, summary] as const),
      ]),
    },
  ],
  options: OPTIONS,
  examples: [
    {
      summary: 'What was published is there after the broker was killed',
      line:
        'export DAQ_BUS=unix:bus; broker serve -q --journal kept --listen unix:bus & ' +
        'echo \'{"value":"open"}\' | broker pub -q lab.door; kill -9 %1; ' +
        'broker serve -q --journal kept --listen unix:bus & broker sub -qn 1 --from earliest lab.door; kill %2',
    },
    {
      summary: 'On a socket in the file system, for a tenth of a second',
      line: 'broker serve --duration 100ms --listen unix:bus',
    },
    {
      summary: 'Also for browsers and curl',
      line:
        'broker serve -q --duration 2s --listen unix:bus --listen http://127.0.0.1:40180 & ' +
        'until curl -s -d \'{"value":"open"}\' http://127.0.0.1:40180/topics/lab.door; do sleep 0.1; done; kill %1; wait',
    },
  ],
  seeAlso: ['broker(1)', 'broker(5)', 'broker-pub(1)', 'broker-sub(1)', 'journal(5)'],
  filter: false,
  async run({ values, ledger, warn, explain, carrier, stop }) {
    compileLate()
    const listen = values.listen.length > 0 ? values.listen : [DEFAULT_BUS]
    const { tokens } = values
    const spill = { folder: values.spill, bytes: values['spill-size'] }
    const read = () => (tokens === undefined ? undefined : readTokens(tokens, warn))
    let failed: (error: CarrierError) => void = () => {}
    const failure = new Promise<never>((_, reject) => {
      failed = reject
    })
    failure.catch(() => {})
    const server = new Server({
      listen,
      ledger,
      warn,
      maxPacket: values['max-packet'],
      tokens: read(),
      spill,
      journal: archiveOptions(values),
      onFailure: error => failed(error),
    })
    const takeBack = tokens === undefined ? undefined : carrier.onHangup(() => reread(server, read, warn))
    await server.open()
    for (const url of listen) explain(`listening on ${url}`)
    const timer = values.duration === undefined ? undefined : new Timer(values.duration, () => stop.abort('duration'))
    try {
      const stopped = new Promise<void>(resolve => {
        carrier.stop.addEventListener('abort', () => resolve())
        if (carrier.stop.aborted) resolve()
      })
      await Promise.race([stopped, failure])
    } finally {
      timer?.stop()
      takeBack?.()
      await server.close()
    }
  },
})

function archiveOptions(values: Values<typeof OPTIONS>): ArchiveOptions | undefined {
  const { journal: folder, sync } = values
  const [topics, keepBytes, keepFor] = [values['journal-topics'], values['journal-size'], values['journal-age']]
  if (folder === undefined) {
    if (topics.length > 0 || keepBytes !== undefined || keepFor !== undefined) {
      throw new UsageError('--journal-topics, --journal-size, --journal-age: only with --journal')
    }
    return undefined
  }
  return {
    folder,
    sync,
    segment: values['journal-segment'],
    ...(topics.length > 0 && { topics }),
    ...(keepBytes !== undefined && { keepBytes }),
    ...(keepFor !== undefined && { keepFor }),
  }
}

/** A file that cannot be read leaves things as they are. */
function reread(server: Server, read: () => Tokens | undefined, warn: (message: string) => void): void {
  try {
    server.tokens = read()
  } catch (error) {
    warn(`${error instanceof Error ? error.message : error}; the tokens stay as they were`)
  }
}
