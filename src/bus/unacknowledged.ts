// What a client has been sent and has not acknowledged, in the order in which it was sent.

import type { Handed, Run } from './run.ts'

export class Unacknowledged {
  /** A single packet that somebody waits for, or so many that nobody does. */
  #sent: (Handed | number)[] = []
  #acknowledged = 0

  /** `before`: packets that were sent already. */
  constructor(before: number) {
    if (before > 0) this.#sent.push(before)
  }

  sent({ packets, marks }: Run): void {
    if (packets === 0) return
    const last = this.#sent.at(-1)
    if (marks?.handed) this.#sent.push(marks.handed)
    else if (typeof last === 'number') this.#sent[this.#sent.length - 1] = last + packets
    else this.#sent.push(packets)
  }

  /** All packets since the connection began, up to so many, have been dealt with. False where so many were not sent. */
  acknowledge(count: number): boolean {
    let left = count - this.#acknowledged
    let gone = 0
    for (let next = this.#sent[0]; left > 0 && next !== undefined; next = this.#sent[gone]) {
      if (typeof next === 'number' && next > left) {
        this.#sent[gone] = next - left
        left = 0
        break
      }
      left -= typeof next === 'number' ? next : 1
      if (typeof next !== 'number') next.acknowledge()
      gone++
    }
    this.#sent.splice(0, gone)
    this.#acknowledged = count - left
    return left <= 0
  }
}
