// The endpoint of a class that goes over the wire, as the URL of its carrier.

import { UsageError } from '../errors.ts'
import type { Role, ValkyrieClass } from './class-name.ts'
import type { ValkyrieConfig } from './config-keys.ts'

type Wire = NonNullable<ValkyrieClass['wire']>

/** `tcp://*:15000` of a zmq_pubsub writer becomes `zmq+pub://0.0.0.0:15000?listen`. */
export function wireUrl(config: ValkyrieConfig, wire: Wire, role: Role): string {
  const listens = wire.listens === role
  if (config.endpoint === undefined) throw new UsageError(`class_name ${config.class_name}: no endpoint given`)
  if (role === 'writer' && typeof config.topic === 'object' && config.topic.length > 1) {
    throw new UsageError(`topic: ${config.topic.join(', ')}: a writer has one, only readers take several`)
  }
  const address = addressOf(config.endpoint, listens)
  const params = [...(listens ? ['listen'] : []), ...paramsOf(config, role)]
  return `${wire[role]}:${address}${params.length > 0 ? `?${params.join('&')}` : ''}`
}

/** As ZeroMQ writes endpoints: `*` is every address, or a port that the system chooses. */
function addressOf(endpoint: string, listens: boolean): string {
  const tcp = /^tcp:\/\/(\[[^\]]*\]|[^:/]+):(\d+|\*)$/.exec(endpoint)
  const [, host = '', port = ''] = tcp ?? []
  if (tcp && (listens || (host !== '*' && port !== '*'))) {
    return `//${host === '*' ? '0.0.0.0' : host}:${port === '*' ? 0 : port}`
  }
  if (tcp) throw new UsageError(`endpoint '${endpoint}': expected a host and a port to connect to, not *`)
  const path = /^ipc:\/\/(.+)$/.exec(endpoint)?.[1]
  if (path !== undefined) return path.replaceAll('%', '%25').replaceAll('?', '%3F')
  throw new UsageError(`endpoint '${endpoint}': expected tcp://HOST:PORT or ipc://PATH`)
}

function paramsOf(config: ValkyrieConfig, role: Role): readonly string[] {
  const { topic, parts, wait_peers: peers, linger_milliseconds: linger, max_packet: max } = config
  const heartbeat = Number(config.heartbeat_milliseconds ?? 0)
  const values: readonly (readonly [string, string | number | undefined])[] = [
    ['insecure', config.insecure === true ? '' : undefined],
    ['topic', topic === undefined ? undefined : [topic].flat().join(',')],
    ['parts', parts === undefined ? undefined : [parts].flat().join(',')],
    ['peers', role === 'writer' ? peers : undefined],
    ['linger', role === 'writer' && linger !== undefined ? `${linger}ms` : undefined],
    ['max', role === 'reader' ? max : undefined],
    ['heartbeat', heartbeat > 0 ? `${heartbeat}ms` : undefined],
    ['plain', config.plain],
    ['curve-key', config.curve_key],
    ['curve-server-key', config.curve_server_key],
    ['curve-allow', config.curve_allow],
  ]
  return values.flatMap(([name, value]) => {
    if (value === undefined) return []
    return value === '' ? [name] : [`${name}=${String(value).replace(/[%&+]/g, encodeURIComponent)}`]
  })
}
