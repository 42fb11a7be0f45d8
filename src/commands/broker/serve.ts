// broker serve: the embedded broker as a process.

import { DEFAULT_BUS } from '../../bus/bus.ts'
import { LISTENERS } from '../../bus/listener.ts'
import { Server } from '../../bus/server.ts'
import { readTokens, type Tokens } from '../../bus/tokens.ts'
import { defineCommand } from '../../cli/command.ts'
import type { Option } from '../../cli/option.ts'
import { COMMON, LIMITS } from '../../cli/shared-options.ts'
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
      'of the token instead of the token. HUP reads it again. A client shows its token by *?token=FILE* in the URL of --bus.',
  },
] as const satisfies readonly Option[]

export const brokerServe = defineCommand({
  name: 'broker serve',
  summary: 'be a broker',
  description: [
    'broker serve accepts clients, and passes each packet that one of them publishes to those that have subscribed to its ' +
      'topic, as it came, byte by byte. It serves until it is stopped.',
    'Nobody waits for anybody: what a subscriber does not take in time waits for it alone, within the bounds and by the ' +
      'policy that it has chosen itself (broker sub --policy, --buffer). What it loses is counted, and told to it by gap ' +
      'records where it is missing.',
    'Every packet is checked to be JSON with a topic before it goes anywhere. A client that sends something else is told ' +
      'what is wrong and hung up on; the others notice nothing.',
  ],
  positionals: [],
  topics: [
    {
      title: 'Where to listen',
      text: [
        'An address that is not loopback is refused unless it is tls:// and --tokens says who may come, or unless it has ' +
          'the parameter insecure.',
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
      summary: 'On a socket in the file system, for ten seconds',
      line: 'broker serve --duration 100ms --listen unix:bus',
    },
    {
      summary: 'Also for browsers and curl',
      line:
        'broker serve -q --duration 2s --listen unix:bus --listen http://127.0.0.1:40180 & ' +
        'until curl -s -d \'{"value":"open"}\' http://127.0.0.1:40180/topics/lab.door; do sleep 0.1; done; kill %1; wait',
    },
  ],
  seeAlso: ['broker(1)', 'broker(5)', 'broker-pub(1)', 'broker-sub(1)'],
  filter: false,
  async run({ values, ledger, warn, explain, carrier, stop }) {
    compileLate()
    const listen = values.listen.length > 0 ? values.listen : [DEFAULT_BUS]
    const { tokens } = values
    const spill = { folder: values.spill, bytes: values['spill-size'] }
    const read = () => (tokens === undefined ? undefined : readTokens(tokens, warn))
    const server = new Server({ listen, ledger, warn, maxPacket: values['max-packet'], tokens: read(), spill })
    const takeBack = tokens === undefined ? undefined : carrier.onHangup(() => reread(server, read, warn))
    await server.open()
    for (const url of listen) explain(`listening on ${url}`)
    const timer = values.duration === undefined ? undefined : new Timer(values.duration, () => stop.abort('duration'))
    try {
      await new Promise<void>(resolve => {
        carrier.stop.addEventListener('abort', () => resolve())
        if (carrier.stop.aborted) resolve()
      })
    } finally {
      timer?.stop()
      takeBack?.()
      await server.close()
    }
  },
})

/** A file that cannot be read leaves things as they are. */
function reread(server: Server, read: () => Tokens | undefined, warn: (message: string) => void): void {
  try {
    server.tokens = read()
  } catch (error) {
    warn(`${error instanceof Error ? error.message : error}; the tokens stay as they were`)
  }
}
