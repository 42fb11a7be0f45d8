// The bus that is a NATS server: its subjects, or with `stream` a stream of JetStream, which keeps what it is given.

import { warnOfReaders } from '../carrier/secret-file.ts'
import { UsageError } from '../errors.ts'
import type { Endpoint } from '../url.ts'
import type { BusContext } from './bus.ts'
import { engineBus } from './engine/bus.ts'
import type { Engine, Wanted } from './engine/engine.ts'
import { LOCATION_PARAMS, locationOf } from './engine/location.ts'
import { anyOverlap, tailOf } from './engine/pattern.ts'
import type { BusKind } from './index.ts'
import type { NatsPlace } from './nats/client.ts'
import { isAnswer } from './nats/jetstream.ts'
import { receiveNats } from './nats/receive.ts'
import { receiveStream } from './nats/receive-stream.ts'
import { sendNats } from './nats/send.ts'
import { sendStream } from './nats/send-stream.ts'
import { patternFault, topicFault } from './nats/subject.ts'

const PORT = 4222

export const nats: BusKind = {
  schemes: ['nats'],
  summary: 'a NATS server: topics are subjects; with stream, JetStream keeps what is published',
  example: 'nats://USER@HOST:PORT',
  params: [
    {
      name: 'stream',
      argument: 'NAME',
      summary: 'publish into this stream of JetStream, and subscribe to what is in it',
    },
    {
      name: 'topics',
      argument: 'PATTERN',
      summary: 'with stream: make it where it is not there, for these topics',
    },
    {
      name: 'durable',
      argument: 'NAME',
      summary: 'with stream: subscribe as this consumer, which stays and goes on where it was; with --window',
    },
    { name: 'credentials', argument: 'PATH', summary: 'a file with the token and the key of a user (.creds)' },
    ...LOCATION_PARAMS,
  ],
  open: (endpoint, warn) => engineBus(engineOf(endpoint, warn)),
}

function engineOf(endpoint: Endpoint, warn: BusContext['warn']): Engine {
  const place = placeOf(endpoint, warn)
  const { location, stream } = place
  const { name, wait } = location
  const shared = {
    name,
    wait,
    topicFault,
    check: (wanted: Wanted) => check(place, wanted),
    isAlone: ({ group }: Wanted) => group === undefined && place.durable === undefined,
  }
  if (stream === undefined) {
    return {
      ...shared,
      canBlock: false,
      canWindow: false,
      tellsReturns: true,
      checkSending({ retain }) {
        if (retain) throw new UsageError(`${name}: NATS keeps nothing: --retain is for a stream (?stream=NAME)`)
      },
      keeps: () => 0,
      send: (sending, events) => sendNats(place, sending, events),
      receive: (wanted, events) => receiveNats(place, wanted, events),
    }
  }
  return {
    ...shared,
    canBlock: true,
    canWindow: true,
    tellsReturns: false,
    checkSending() {},
    keeps: ({ patterns }) => (patterns.every(isAnswer) ? 0 : Number.POSITIVE_INFINITY),
    send: (sending, events, context) => sendStream({ ...place, stream }, sending, events, context),
    receive: (wanted, events, context) =>
      wanted.patterns.every(isAnswer)
        ? receiveNats(place, wanted, events)
        : receiveStream({ ...place, stream }, wanted, events, context),
  }
}

function placeOf(endpoint: Endpoint, warn: BusContext['warn']): NatsPlace {
  const { params } = endpoint
  const location = locationOf(endpoint, PORT, warn)
  const { name } = location
  for (const param of ['topics', 'durable']) {
    if (params.has(param) && !params.has('stream')) throw new UsageError(`${name}: ${param}: only with stream`)
  }
  for (const param of ['stream', 'durable']) checkName(name, param, params.get(param))
  const credentials = params.get('credentials')
  if (credentials !== undefined) warnOfReaders(credentials, warn)
  const topics = params.get('topics')
  const fault = topics === undefined ? undefined : patternFault(topics)
  if (fault !== undefined) throw new UsageError(`${name}: topics: ${fault}`)
  const given = (param: string) => (params.has(param) ? { [param]: params.get(param) ?? '' } : {})
  return { location, ...given('credentials'), ...given('stream'), ...given('topics'), ...given('durable') }
}

/** JetStream's rule for the names of streams and consumers. */
function checkName(where: string, what: string, name: string | undefined): void {
  if (name === undefined || /^[^\s.*>/\\]+$/.test(name)) return
  throw new UsageError(`${where}: ${what}: '${name}' is no name in JetStream: expected no spaces, dots, *, >, /, \\`)
}

function check({ location, stream, durable }: NatsPlace, { patterns, group, window, again }: Wanted): void {
  const { name } = location
  for (const pattern of patterns) {
    const fault = patternFault(pattern)
    if (fault !== undefined) throw new UsageError(`${name}: ${fault}`)
  }
  if (stream === undefined) {
    if (window !== undefined) {
      throw new UsageError(`${name}: NATS keeps nothing: --window is for a stream (?stream=NAME)`)
    }
    const tails = patterns.map(pattern => tailOf(pattern)).filter(tail => tail !== undefined)
    if (group !== undefined && anyOverlap(tails)) {
      throw new UsageError(`${name}: patterns of a group must not overlap here: the group would get a packet for each`)
    }
    return
  }
  checkName(name, 'group', group)
  if (durable === undefined) return
  if (group !== undefined)
    throw new UsageError(`${name}: durable: who names the same consumer shares it: give no group`)
  if (!again) throw new UsageError(`${name}: durable: loses nothing: expected --window N`)
}
