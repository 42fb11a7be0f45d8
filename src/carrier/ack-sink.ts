// Where the connections of an acknowledging sender come from: made again and again, or accepted.

import type { Sink } from '../stream/step.ts'
import { flagParam } from '../url.ts'
import { type AckOptions, AckSender } from './ack-sender.ts'
import { listen } from './listen.ts'
import { connect, pause, waitOf } from './socket.ts'
import { reconnects } from './socket-source.ts'

/** A receiver that accepts and breaks at once is not asked thousands of times a second. */
const LONGEST_BREATH_MS = 50

export async function ackSink(options: AckOptions): Promise<Sink> {
  const { endpoint, address, context } = options
  const sender = new AckSender(options)
  if (flagParam(endpoint, 'listen')) {
    const listener = await listen(endpoint, address, context, ({ socket }) => sender.offer(socket))
    sender.onEnd(() => listener.close())
  } else {
    connectAgain(sender, options)
  }
  return sender
}

/** One connection after another until the sender has ended. */
async function connectAgain(sender: AckSender, { endpoint, address, context }: AckOptions): Promise<void> {
  const { warn } = context
  try {
    while (!sender.ended.aborted) {
      const socket = await connect(address, { wait: waitOf(endpoint), stop: sender.ended, warn })
      if (!socket) return
      await sender.use(socket)
      if (sender.ended.aborted) return
      if (!reconnects(endpoint)) return sender.fail(new Error('the connection broke'))
      await pause(Math.random() * LONGEST_BREATH_MS, sender.ended)
    }
  } catch (error) {
    sender.fail(error)
  }
}
