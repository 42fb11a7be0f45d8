// The carrier that TCP and unix sockets are, but for their addresses.

import { type Endpoint, flagParam, withoutSecrets } from '../url.ts'
import { ACK_PARAM, ackOf } from './ack.ts'
import { ackSource } from './ack-receiver.ts'
import { ackSink } from './ack-sink.ts'
import type { Carrier, CarrierContext, CarrierParam } from './carrier.ts'
import { byPolicy } from './encode.ts'
import { fanOut, PEERS_PARAM } from './fan-out.ts'
import { LISTEN_PARAMS } from './listen.ts'
import { ON_DEMAND_PARAM } from './on-demand.ts'
import { type Address, WAIT_PARAM } from './socket.ts'
import { socketSink } from './socket-sink.ts'
import { socketChannels } from './socket-source.ts'

export interface SocketKind extends Pick<Carrier, 'scheme' | 'summary' | 'example'> {
  readonly params: readonly CarrierParam[]
  readonly addressOf: (endpoint: Endpoint) => Address
}

export function socketCarrier({ addressOf, params, ...kind }: SocketKind): Carrier {
  return {
    ...kind,
    params: [
      ...LISTEN_PARAMS,
      PEERS_PARAM,
      { name: 'once', summary: 'input, with listen: end when the first peer has left' },
      ...params,
      ACK_PARAM,
      WAIT_PARAM,
      { name: 'reconnect', argument: 'no', summary: 'fail when the connection breaks; default: connect again' },
      ON_DEMAND_PARAM,
    ],
    channels: (endpoint, context) => socketChannels(endpoint, addressOf(endpoint), context),
    source(endpoint, context, decode) {
      const most = ackOf(endpoint)
      return most === undefined ? undefined : ackSource(endpoint, addressOf(endpoint), context, decode, most)
    },
    async sink(endpoint, context, encode) {
      const address = addressOf(endpoint)
      const most = ackOf(endpoint)
      const queued = (context: CarrierContext) => (sink: Parameters<typeof byPolicy>[0]) =>
        byPolicy(sink, withoutSecrets(endpoint.text), context)
      if (most !== undefined) return ackSink({ endpoint, address, context, encode, most }).then(queued(context))
      if (flagParam(endpoint, 'listen')) return fanOut(endpoint, address, context, encode)
      return socketSink(endpoint, address, context, encode).then(queued(context))
    },
  }
}
