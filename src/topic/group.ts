// A queue group: each message goes to one member, in turn, and to another one if that one leaves before it has acknowledged.

export interface Delivery<Member, Message> {
  readonly member: Member
  readonly message: Message
  /** For the acknowledgement; rises from message to message, and a message keeps it. */
  readonly tag: number
  /** Whether another member may have dealt with it already. */
  readonly redelivered: boolean
}

export interface MemberOptions {
  /** Messages that may be unacknowledged at once; nothing: they are done with when they are delivered. */
  readonly unacknowledged?: number
}

interface Waiting<Message> {
  readonly message: Message
  readonly tag: number
  readonly redelivered: boolean
}

interface Seat<Message> {
  readonly limit: number | undefined
  readonly open: Map<number, Message>
  /** Of those that are open. */
  bytes: number
}

export interface GroupOptions<Member> {
  /** Messages that wait while no member has room, and their bytes. */
  readonly waiting: number
  readonly waitingBytes: number
  /** Bytes that a member may have unacknowledged. */
  readonly unacknowledgedBytes: number
  /** Whether the member can take one more now, by the state of its connection. */
  readonly hasRoom: (member: Member) => boolean
}

/** `length` of a message: its bytes. Of what is bounded by bytes, one message has room however long it is. */
export class Group<Member extends object, Message extends { readonly length: number }> {
  readonly #options: GroupOptions<Member>
  readonly #seats = new Map<Member, Seat<Message>>()
  #order: Member[] = []
  #turn = 0
  /** Those that came back, in the order in which they first came; then those that were never out. */
  #returned: Waiting<Message>[] = []
  #fresh: Waiting<Message>[] = []
  #taken = 0
  #waitingBytes = 0
  #tag = 0

  constructor(options: GroupOptions<Member>) {
    this.#options = options
  }

  get members(): readonly Member[] {
    return this.#order
  }

  get waiting(): number {
    return this.#returned.length + this.#fresh.length - this.#taken
  }

  /** Of those that wait. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  get isFull(): boolean {
    const { waiting, waitingBytes } = this.#options
    return this.waiting >= waiting || this.#waitingBytes >= waitingBytes
  }

  join(member: Member, { unacknowledged }: MemberOptions = {}): boolean {
    if (this.#seats.has(member)) return false
    this.#seats.set(member, { limit: unacknowledged, open: new Map(), bytes: 0 })
    this.#order = [...this.#order, member]
    return true
  }

  /** What the member had not acknowledged is the next to be delivered. */
  leave(member: Member): boolean {
    const seat = this.#seats.get(member)
    if (!seat) return false
    this.#seats.delete(member)
    const place = this.#order.indexOf(member)
    this.#order = this.#order.filter(one => one !== member)
    if (place < this.#turn) this.#turn--
    this.#giveBack([...seat.open].map(([tag, message]) => ({ message, tag, redelivered: true })))
    return true
  }

  /** Whether there is room for it to wait; `next` delivers. */
  offer(message: Message): boolean {
    if (this.isFull) return false
    this.#fresh.push({ message, tag: this.#tag++, redelivered: false })
    this.#waitingBytes += message.length
    return true
  }

  /** The oldest message that waits, and who gets it; nothing while none waits or no member has room. */
  next(): Delivery<Member, Message> | undefined {
    const waiting = this.#returned[0] ?? this.#fresh[this.#taken]
    const member = waiting && this.#nextMember()
    if (!waiting || !member) return undefined
    if (this.#returned.length > 0) this.#returned.shift()
    else this.#takeFresh()
    this.#waitingBytes -= waiting.message.length
    const seat = this.#seats.get(member)
    if (seat?.limit !== undefined) {
      seat.open.set(waiting.tag, waiting.message)
      seat.bytes += waiting.message.length
    }
    return { member, ...waiting }
  }

  /** Whether the member had it and had not acknowledged it. */
  acknowledge(member: Member, tag: number): boolean {
    const seat = this.#seats.get(member)
    const message = seat?.open.get(tag)
    if (!seat || !message) return false
    seat.bytes -= message.length
    return seat.open.delete(tag)
  }

  /** In turn, those without room left out. */
  #nextMember(): Member | undefined {
    const count = this.#order.length
    for (let step = 0; step < count; step++) {
      const place = (this.#turn + step) % count
      const member = this.#order[place]
      if (!member || !this.#mayHave(member)) continue
      this.#turn = (place + 1) % count
      return member
    }
    return undefined
  }

  #mayHave(member: Member): boolean {
    const seat = this.#seats.get(member)
    if (!seat || (seat.limit !== undefined && seat.open.size >= seat.limit)) return false
    if (seat.bytes >= this.#options.unacknowledgedBytes) return false
    return this.#options.hasRoom(member)
  }

  #giveBack(waiting: readonly Waiting<Message>[]): void {
    for (const { message } of waiting) this.#waitingBytes += message.length
    this.#returned = [...this.#returned, ...waiting].sort((a, b) => a.tag - b.tag)
  }

  /** The front is cut off when it is half of all, not at each message. */
  #takeFresh(): void {
    this.#taken++
    if (this.#taken * 2 < this.#fresh.length) return
    this.#fresh = this.#fresh.slice(this.#taken)
    this.#taken = 0
  }
}
