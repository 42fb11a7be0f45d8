import t from 'tap'
import type { Command } from '../../src/cli/command.ts'
import { parseCommandLine } from '../../src/cli/parse.ts'
import { LINK, linkConfig, valkyrieConfigKeys } from '../../src/cli/valkyrie-options.ts'
import { valkyrieRecv } from '../../src/commands/valkyrie-recv.ts'
import { valkyrieSend } from '../../src/commands/valkyrie-send.ts'
import { CONFIG_KEYS } from '../../src/valkyrie/config-keys.ts'

const CONFIG = {
  class_name: 'dls_::valkyrie::zmq_pullpush',
  endpoint: 'tcp://127.0.0.1:15000',
  high_water_mark: 10,
  recv_timeout_milliseconds: '1500',
  filename_pattern: 'f_%d',
  log: { level: 'debug' },
  topic: ['a', 'b'],
  parts: 'topic,data',
  wait_peers: 2,
  linger_milliseconds: 250,
  heartbeat_milliseconds: 5000,
  max_packet: 1000,
  follow: true,
  insecure: true,
  plain: 'p',
  curve_key: 'k',
  curve_server_key: 's',
  curve_allow: 'any',
}

function values(command: Pick<Command, 'name' | 'options' | 'configKeys'>, config: object, words: string[] = []) {
  const { configKeys = [] } = command
  const surroundings = { environment: {}, readFile: () => JSON.stringify(config), configKeys }
  return parseCommandLine(command.name, command.options, ['--config', 'c', ...words], surroundings).values
}

const BOTH = {
  class: 'dls_::valkyrie::zmq_pullpush',
  endpoint: 'tcp://127.0.0.1:15000',
  'filename-pattern': 'f_%d',
  topic: ['a', 'b'],
  parts: 'topic,data',
  heartbeat: 5000,
  insecure: true,
  plain: 'p',
  'curve-key': 'k',
  'curve-server-key': 's',
  'curve-allow': 'any',
  verbose: true,
  quiet: false,
}

t.test('each key of a configuration is understood by the end that it is for', async t => {
  t.match(values(valkyrieSend, CONFIG), {
    ...BOTH,
    policy: 'drop-oldest',
    buffer: 10,
    'wait-peers': 2,
    linger: 250,
    'idle-timeout': undefined,
    'max-packet': 2 ** 30,
  })
  t.match(values(valkyrieRecv, CONFIG), {
    ...BOTH,
    policy: 'block',
    buffer: 1024,
    'idle-timeout': 1500,
    'max-packet': 1000,
    follow: true,
  })
})

t.test('what says nothing changes nothing, and an option comes first', async t => {
  const config = { high_water_mark: 0, recv_timeout_milliseconds: 0, log: { level: 'ERROR' } }
  t.match(values(valkyrieSend, config), { policy: 'latest', buffer: 1, verbose: false, quiet: true })
  t.equal(Reflect.get(values(valkyrieRecv, config), 'idle-timeout'), undefined)
  t.match(values(valkyrieSend, { high_water_mark: 10 }, ['--policy', 'block', '--buffer', '3']), {
    policy: 'block',
    buffer: 3,
  })
  t.match(values(valkyrieSend, { high_water_mark: 10, policy: 'block' }), { policy: 'block', buffer: 10 })
})

t.test('every key is known to both, but for the signal of a program', async t => {
  for (const { configKeys = [] } of [valkyrieSend, valkyrieRecv]) {
    t.same(new Set(configKeys.map(({ name }) => name)), new Set(CONFIG_KEYS.map(({ name }) => name)))
  }
  t.same(
    valkyrieConfigKeys([], { ignored: [] }).filter(({ option }) => option !== undefined),
    [],
  )
})

t.test('options are a configuration', async t => {
  const words = ['--class', 'dummy', '-e', 'x', '--topic', 'a', '--topic', 'b', '--insecure']
  const { values } = parseCommandLine('x', LINK, words, { environment: {}, readFile: () => '' })
  t.match(linkConfig(values), {
    class_name: 'dummy',
    endpoint: 'x',
    topic: ['a', 'b'],
    insecure: true,
    parts: undefined,
  })
})
