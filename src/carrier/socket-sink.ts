// A socket as output: one connection, made again when it breaks.

import type { Socket } from 'node:net'
import { CarrierError, systemReason } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Encoder, Sink } from '../stream/step.ts'
import type { Endpoint } from '../url.ts'
import type { CarrierContext, Encode } from './carrier.ts'
import { carrierError } from './failure.ts'
import { type Address, connect, hangUp, waitOf } from './socket.ts'
import { reconnects } from './socket-source.ts'
import { SocketWriter } from './socket-writer.ts'

interface Link {
  readonly socket: Socket
  readonly writer: SocketWriter
  encoder: Encoder | undefined
}

/**
 * Opens when connected. Each connection gets an encoder of its own. When one breaks, the batch that noticed is sent
 * again over the next; what the system had taken before may be lost: that is said and counted, as one loss.
 */
export async function socketSink(
  endpoint: Endpoint,
  address: Address,
  context: CarrierContext,
  encode: Encode,
): Promise<Sink> {
  const { stop, warn } = context
  const { name } = address
  const wait = waitOf(endpoint)
  const again = reconnects(endpoint)
  const count = context.ledger.stage('output')

  async function open(signal: AbortSignal): Promise<Link> {
    const socket = await connect(address, { wait, stop: signal, warn })
    if (!socket) throw new CarrierError(name, 'stopped before it was connected')
    // What the peer says is not for this side, but its leaving is.
    socket.resume()
    return { socket, writer: new SocketWriter(socket, error => error), encoder: undefined }
  }
  function send(batch: Batch): void | Promise<void> {
    link.encoder ??= encode(batch).encoder
    const chunks = link.encoder.push(batch)
    for (const chunk of chunks) count.bytes += chunk.length
    return link.writer.write(chunks)
  }
  async function resend(batch: Batch, error: unknown): Promise<void> {
    if (!again) throw carrierError(name, error)
    warn(`${name}: ${systemReason(error)}, connecting again; what was under way may be lost`)
    count.drop('connection broken')
    link.socket.destroy()
    link = await open(stop)
    try {
      await send(batch)
    } catch (next) {
      await resend(batch, next)
    }
  }
  const wrote = (batch: Batch) => {
    count.out += batch.length
  }
  let link = await open(stop)
  return {
    write(batch) {
      try {
        const sending = send(batch)
        if (sending) return sending.catch(error => resend(batch, error)).then(() => wrote(batch))
      } catch (error) {
        return resend(batch, error).then(() => wrote(batch))
      }
      return wrote(batch)
    },
    async close() {
      try {
        await link.writer.write(link.encoder?.end?.() ?? [])
        await link.writer.flush()
      } catch (error) {
        throw carrierError(name, error)
      }
      await hangUp(link.socket)
    },
    async abort() {
      link.socket.destroy()
    },
  }
}
