// The socket to the command: opened again whenever it breaks, and says how it stands.

import type { Notice, TraceFrame, View } from '../message.ts'
import { DRAWN, readFrames } from '../message.ts'

export type Standing =
  | { readonly state: 'connecting' | 'live' | 'lost' }
  | { readonly state: 'ended'; readonly at: string; readonly reason: string }

export interface Listener {
  standing(standing: Standing): void
  /** A run of the command begins to be shown; `isNew` where it is another than before. */
  run(title: string, view: View, isNew: boolean): void
  frames(frames: readonly TraceFrame[]): void
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 2000

export class Connection {
  readonly #listener: Listener
  #socket: WebSocket | undefined
  #wait = FIRST_WAIT_MS
  #ended = false
  #run: string | undefined
  #build: string | undefined

  constructor(listener: Listener) {
    this.#listener = listener
    this.#open()
  }

  /** What came is on the screen. */
  drawn(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(DRAWN)
  }

  #open(): void {
    const socket = new WebSocket(new URL('/live', location.href.replace(/^http/, 'ws')))
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.#notice(JSON.parse(data))
      else this.#listener.frames([...readFrames(data)])
    }
    socket.onclose = () => {
      if (!this.#ended && this.#run !== undefined) this.#listener.standing({ state: 'lost' })
      setTimeout(() => this.#open(), this.#wait)
      this.#wait = Math.min(LONGEST_WAIT_MS, this.#wait * 2)
    }
    this.#socket = socket
  }

  #notice(notice: Notice): void {
    if (notice.kind === 'ended') {
      this.#ended = true
      this.#listener.standing({ state: 'ended', at: notice.at, reason: notice.reason })
      return
    }
    if (this.#build !== undefined && this.#build !== notice.build) location.reload()
    this.#wait = FIRST_WAIT_MS
    this.#ended = false
    this.#listener.run(notice.title, notice.view, this.#run !== undefined && this.#run !== notice.run)
    this.#build = notice.build
    this.#run = notice.run
    this.#listener.standing({ state: 'live' })
  }
}
