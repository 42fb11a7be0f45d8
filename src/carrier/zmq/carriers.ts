// ZeroMQ's patterns as carriers: `zmq+pub:` and `zmq+push:` out, `zmq+sub:` and `zmq+pull:` in.

import type { Batch } from '../../packet.ts'
import type { Carrier } from '../carrier.ts'
import { PUBLISHER_PARAMS, PULLER_PARAMS, PUSHER_PARAMS, SUBSCRIBER_PARAMS } from './options.ts'
import { checkReceiver, openReceiver, type ZmqSource } from './receiver.ts'
import { checkSender, openSender } from './sender.ts'

function sinkOf(type: 'PUB' | 'PUSH'): NonNullable<Carrier['sink']> {
  return async (endpoint, context, _, { reject }) => {
    checkSender(endpoint, context)
    return openSender(endpoint, context, { type, reject })
  }
}

function sourceOf(type: 'SUB' | 'PULL'): NonNullable<Carrier['source']> {
  return (endpoint, context, _, options) => {
    checkReceiver(endpoint)
    const { reject, validate = false, maxPacket } = options
    const more = maxPacket === undefined ? {} : { maxPacket }
    return lazily(async () => {
      const source = await openReceiver(endpoint, context, { type, reject, validate, ...more })
      context.opened?.(source)
      return source
    })
  }
}

/** Opened when it is first read. What a generator would add to each batch costs as much as a small packet. */
function lazily(open: () => Promise<ZmqSource>): AsyncIterableIterator<Batch, undefined> {
  let opening: Promise<ZmqSource> | undefined
  let source: ZmqSource | undefined
  const opened = async () => {
    opening ??= open()
    source = await opening
    return source
  }
  return {
    next: () => source?.next() ?? opened().then(source => source.next()),
    async return() {
      return opening ? (await opening).return() : { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

export const ZMQ_CARRIERS: readonly Carrier[] = [
  {
    scheme: 'zmq+pub',
    summary: 'output: publishes to ZeroMQ subscribers; over TCP, or at zmq+pub:PATH over a socket in the file system',
    example: 'zmq+pub://HOST:PORT',
    params: PUBLISHER_PARAMS,
    sink: sinkOf('PUB'),
  },
  {
    scheme: 'zmq+sub',
    summary: 'input: subscribes to ZeroMQ publishers',
    example: 'zmq+sub://HOST:PORT',
    params: SUBSCRIBER_PARAMS,
    single: () => true,
    source: sourceOf('SUB'),
  },
  {
    scheme: 'zmq+push',
    summary: 'output: packets to ZeroMQ pullers in turn; each goes to one of them',
    example: 'zmq+push://HOST:PORT',
    params: PUSHER_PARAMS,
    sink: sinkOf('PUSH'),
  },
  {
    scheme: 'zmq+pull',
    summary: 'input: gathers what ZeroMQ pushers send',
    example: 'zmq+pull://HOST:PORT',
    params: PULLER_PARAMS,
    single: () => true,
    source: sourceOf('PULL'),
  },
]
