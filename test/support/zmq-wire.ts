// A peer's connection as the test wants it: how much it takes, what it was sent.

import type { Distribution, DistributionOptions, Peer } from '../../src/carrier/zmq/distribution.ts'
import { messageMaker } from '../../src/carrier/zmq/layout.ts'
import type { LinkUser } from '../../src/carrier/zmq/link.ts'
import type { Packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Policy } from '../../src/stream/policy.ts'
import { encodeClear } from '../../src/zmtp/frame.ts'
import type { Message } from '../../src/zmtp/message.ts'

/** The system takes nothing while it is `stuck`. */
export class TestPeer implements Peer {
  readonly name: string
  readonly clear: boolean
  readonly sent: unknown[] = []
  /** What was handed over: the same objects where they were encoded once. */
  readonly chunks: Uint8Array[] = []
  stuck = false
  waiting = 0
  ended: string | undefined
  user: LinkUser | undefined

  constructor(name: string, { clear = true }: { readonly clear?: boolean } = {}) {
    this.name = name
    this.clear = clear
  }

  readonly encode = (messages: readonly Message[]): readonly Uint8Array[] => encodeClear(messages)

  write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      this.chunks.push(chunk)
      for (const [, seq] of Buffer.from(chunk)
        .toString('latin1')
        .matchAll(/\{"seq":(\d+)[^}]*\}/g)) {
        this.sent.push(Number(seq))
      }
      if (this.stuck) this.waiting += chunk.length
    }
  }

  /** The system takes all that waits, and what comes. */
  unstick(): void {
    this.stuck = false
    this.take()
  }

  /** The system takes what waits, and no more. */
  take(): void {
    this.waiting = 0
    this.user?.flushed?.()
  }

  fail(reason: Error): void {
    this.#end(reason.message)
  }

  cut(): void {
    this.#end('cut')
  }

  async hangUp(): Promise<void> {
    this.#end('hung up')
  }

  #end(how: string): void {
    if (this.ended !== undefined) return
    this.ended = how
    this.user?.over(undefined)
  }
}

export interface Distributed {
  readonly distribution: Distribution
  readonly total: StageCount
  readonly warnings: string[]
  readonly rejects: unknown[]
  joined: number
  join(peer: TestPeer): TestPeer
}

export function distributed(
  kind: new (options: DistributionOptions) => Distribution,
  { policy, packets = 4 }: { readonly policy: Policy; readonly packets?: number },
): Distributed {
  const total = new StageCount()
  const warnings: string[] = []
  const rejects: unknown[] = []
  const make = messageMaker({ layout: ['meta', 'data'], reject: reject => rejects.push(reject.reason) })
  const result: Distributed = {
    distribution: new kind({
      policy,
      packets,
      bytes: 2 ** 30,
      total,
      make: (item: Packet) => make(item),
      warn: message => warnings.push(message),
      joined: () => {
        result.joined++
      },
    }),
    total,
    warnings,
    rejects,
    joined: 0,
    join(peer) {
      peer.user = result.distribution.join(peer)
      return peer
    },
  }
  return result
}
