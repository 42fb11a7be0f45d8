// A connection to an MQTT 5 broker by the package mqtt: as much of it as is used, and what its errors mean.

import { CarrierError, errorCode, systemReason } from '../../errors.ts'
import { Timer } from '../../timer.ts'
import { libraryOf } from '../engine/library.ts'
import type { Location } from '../engine/location.ts'
import { Unreachable } from '../engine/patience.ts'

export interface MqttPlace {
  readonly location: Location
  /** The name of a session that stays. */
  readonly durable?: string
}

export interface MqttProperties {
  readonly receiveMaximum?: number
  readonly maximumPacketSize?: number
  readonly subscriptionIdentifiersAvailable?: boolean
  readonly sharedSubscriptionAvailable?: boolean
}

export interface MqttPacket {
  readonly topic: string
  readonly payload: Uint8Array | string
  readonly qos: 0 | 1 | 2
  readonly dup: boolean
  readonly retain: boolean
  readonly messageId?: number
  readonly properties?: {
    readonly subscriptionIdentifier?: number | readonly number[]
    readonly userProperties?: Readonly<Record<string, string | readonly string[]>>
  }
}

export interface MqttClient {
  readonly connected: boolean
  readonly stream: { write(bytes: Uint8Array): boolean; destroy(): void }
  /** Overridden to take messages. An error given to `done` leaves a message unacknowledged, and nothing else. */
  handleMessage(packet: MqttPacket, done: (error?: Error) => void): void
  on(event: 'connect', listener: (connack: { readonly properties?: MqttProperties }) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'disconnect', listener: (packet: { readonly reasonCode?: number }) => void): void
  on(
    event: 'packetreceive',
    listener: (packet: { readonly cmd: string; readonly reasonCode?: number; readonly messageId?: number }) => void,
  ): void
  on(event: 'close', listener: () => void): void
  publish(
    topic: string,
    payload: Buffer,
    options: {
      readonly qos: 1
      readonly retain: boolean
      readonly properties: {
        readonly contentType: string
        readonly userProperties: Readonly<Record<string, string>>
        /** Seconds. */
        readonly messageExpiryInterval?: number
      }
    },
    done: (error?: Error | null) => void,
  ): void
  subscribe(
    filter: string,
    options: {
      readonly qos: 1
      /** What is retained comes where the subscription is new (1), or does not come (2). */
      readonly rh: 1 | 2
      readonly properties?: { readonly subscriptionIdentifier: number }
    },
    done: (error: Error | null) => void,
  ): void
  getLastMessageId(): number
  end(force: boolean, done: () => void): void
  end(
    force: boolean,
    goodBye: { readonly properties: { readonly sessionExpiryInterval: number } },
    done: () => void,
  ): void
}

interface MqttLibrary {
  connect(options: {
    readonly protocol: 'mqtt' | 'mqtts'
    readonly host: string
    readonly port: number
    readonly protocolVersion: 5
    readonly clientId: string
    readonly clean: boolean
    readonly keepalive: number
    readonly connectTimeout: number
    readonly reconnectPeriod: 0
    readonly resubscribe: false
    readonly username?: string
    readonly password?: string
    readonly ca?: string
    readonly properties: { readonly receiveMaximum: number; readonly sessionExpiryInterval: number }
  }): MqttClient
}

export interface Session {
  readonly clientId: string
  /** Milliseconds for which it stays when the connection is lost; Infinity: for ever. */
  readonly stays: number
  /** So many messages come at most before one has to be acknowledged. */
  readonly window: number
  /** Messages may come before the connection is known to be there. */
  readonly onMessage?: (client: MqttClient, packet: MqttPacket) => void
}

/** Both told once, and never after `close`. */
interface LinkEvents {
  readonly lost: (reason: string) => void
  readonly refused: (error: Error) => void
}

export interface MqttLink {
  readonly client: MqttClient
  /** What the broker has said about itself. */
  readonly properties: MqttProperties
  /** For what does not pass: nothing more is told, and the connection is closed. */
  refuse(error: Error): void
  /** `forget`: the session does not stay. */
  close(options?: { readonly forget: boolean }): Promise<void>
}

const CONNECT_MS = 10_000
const GOOD_BYE_MS = 1000
const KEEP_ALIVE_S = 30
const FOR_EVER = 0xffffffff
/** Reason codes of a broker that has no time now. */
const PASSING = [136, 137]
/** Another client has come with the same name. */
const TAKEN_OVER = 142

export async function openMqtt({ location }: MqttPlace, session: Session, events: LinkEvents): Promise<MqttLink> {
  const { name } = location
  const { connect } = await libraryOf<MqttLibrary>(name, 'mqtt')
  const client = connect(optionsFor(location, session))
  client.handleMessage = (packet, done) => {
    session.onMessage?.(client, packet)
    done(LATER)
  }
  let over = false
  let reason: string | undefined
  const end = (tell: () => void) => {
    if (over) return
    over = true
    tell()
    client.end(true, ignore)
  }
  const properties = await connected(name, client)
  client.on('error', error => {
    reason = systemReason(error)
  })
  client.on('disconnect', ({ reasonCode }) => {
    if (reasonCode === TAKEN_OVER) {
      end(() => events.refused(new CarrierError(name, `another client has taken the name '${session.clientId}'`)))
    }
    reason = `the broker hung up (reason code ${reasonCode ?? 0})`
  })
  // Not every broker says that somebody else has come with the name.
  const silent = `the broker hung up${session.stays === Number.POSITIVE_INFINITY ? `; is there another client named '${session.clientId}'?` : ''}`
  client.on('close', () => end(() => events.lost(reason ?? silent)))
  return {
    client,
    properties,
    refuse: error => end(() => events.refused(error)),
    close({ forget } = { forget: false }) {
      over = true
      return closed(client, { forget })
    },
  }
}

/** Says good-bye; a broker that does not hear it is not waited for. */
function closed(client: MqttClient, { forget }: { readonly forget: boolean }): Promise<void> {
  return new Promise(resolve => {
    const timer = new Timer(GOOD_BYE_MS, () => client.stream.destroy())
    const done = () => {
      timer.stop()
      resolve()
    }
    if (forget) client.end(!client.connected, { properties: { sessionExpiryInterval: 0 } }, done)
    else client.end(!client.connected, done)
  })
}

function connected(name: string, client: MqttClient): Promise<MqttProperties> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    client.on('connect', ({ properties = {} }) => resolve(properties))
    client.on('error', error => {
      failure ??= error
    })
    client.on('close', () => {
      client.end(true, ignore)
      reject(connectError(name, failure))
    })
  })
}

function connectError(name: string, failure: Error | undefined): Error {
  if (!failure) return new Unreachable('the broker hung up')
  const code: unknown = 'code' in failure ? failure.code : undefined
  const reason = systemReason(failure).replace(/^Connection refused: /, '')
  if (typeof code === 'number') {
    return PASSING.includes(code)
      ? new Unreachable(reason, { cause: failure })
      : new CarrierError(name, `refused: ${reason}`, { cause: failure })
  }
  if (errorCode(failure) !== undefined || failure instanceof AggregateError) return failure
  return /timeout/i.test(reason)
    ? new Unreachable(reason, { cause: failure })
    : new CarrierError(name, reason, { cause: failure })
}

function optionsFor({ host, port, user, password, tls }: Location, { clientId, stays, window }: Session) {
  return {
    protocol: tls ? ('mqtts' as const) : ('mqtt' as const),
    host,
    port,
    protocolVersion: 5 as const,
    clientId,
    clean: stays === 0,
    keepalive: KEEP_ALIVE_S,
    connectTimeout: CONNECT_MS,
    reconnectPeriod: 0 as const,
    resubscribe: false as const,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(tls?.ca !== undefined && { ca: tls.ca }),
    properties: { receiveMaximum: window, sessionExpiryInterval: Math.min(Math.ceil(stays / 1000), FOR_EVER) },
  }
}

/** Acknowledgements are sent when it is time. */
const LATER = new Error('later')

const ignore = () => {}
