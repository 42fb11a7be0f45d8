// Packets that come as the body of an HTTP request.

import { autoDecoder, codecFor, codecNamed } from '../codec/index.ts'
import type { JsonObject, Packet } from '../packet.ts'
import { addressFault } from '../topic/address.ts'
import { addressed } from './addressed.ts'
import { Peer } from './peer.ts'
import type { PeerSurroundings } from './peer-options.ts'
import type { Rights } from './rights.ts'

export interface Published {
  readonly status: number
  readonly words: JsonObject
}

/** Resolves when the packets have been passed on, and nobody who blocks is short of room. All of them, or none. */
export async function publishBody(
  body: Uint8Array,
  topic: string | undefined,
  rights: Rights,
  surroundings: PeerSurroundings,
): Promise<Published> {
  const faults: string[] = []
  const reject = ({ reason, detail }: { readonly reason: string; readonly detail?: string }) =>
    faults.push(detail === undefined ? reason : `${reason}: ${detail}`)
  const decoder = autoDecoder({ source: 'body', reject, maxPacket: surroundings.maxPacket })
  // A body may end without a newline, which is nothing cut off.
  const packets = [...decoder.push(body), ...decoder.push(Buffer.from('\n')), ...(decoder.end?.() ?? [])]
  const sent = addressed(topic, reject).push(packets)
  if (faults.length > 0) return { status: 400, words: { error: faults[0] ?? '' } }
  const topics = topic === undefined ? sent.map(topicOf) : [topic]
  const fault = topics.map(addressFault).find(reason => reason !== undefined)
  if (fault !== undefined) return { status: 400, words: { error: `topic: ${fault}` } }
  const forbidden = topics.find(address => !rights.mayPublish(address))
  if (forbidden !== undefined) return { status: 403, words: { error: `not allowed to publish to '${forbidden}'` } }
  const said: string[] = []
  let resume: (() => void) | undefined
  let jammed: Promise<void> | undefined
  const peer = new Peer({
    ...surroundings,
    rightsOf: () => rights,
    onFault: reason => said.push(reason),
    wire: {
      waiting: 0,
      write: chunks => void said.push(Buffer.concat(chunks).toString()),
      pause() {
        jammed = new Promise(resolve => {
          resume = resolve
        })
      },
      resume: () => resume?.(),
      end() {},
    },
  })
  const codec = sent.map(codecFor).find(({ name }) => name === 'frame') ?? codecNamed('ndjson')
  for (const chunk of codec.encoder({ reject }).push(sent)) peer.push(chunk)
  peer.burst.end()
  const kept = peer.kept()
  await jammed
  const refusal = await kept
  const { received } = peer
  peer.close()
  if (refusal) return { status: 507, words: { error: `${refusal.message}: not kept` } }
  const [error] = said
  if (error === undefined) return { status: 200, words: { received } }
  return { status: 400, words: { error: wordOf(error) } }
}

function topicOf({ meta: { topic } }: Packet): string {
  return typeof topic === 'string' ? topic : ''
}

function wordOf(text: string): string {
  try {
    const { broker } = JSON.parse(text)
    return String(broker.error)
  } catch {
    return text
  }
}
