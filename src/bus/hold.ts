// A publisher is not read from until all those that it fills have room again.

/** What is held back. */
export interface Reading {
  pause(): void
  resume(): void
}

/** What is waited for. */
export interface Room {
  /** Calls `act` once, when there is room. */
  onRoom(act: () => void): void
}

export class Hold {
  readonly #reading: Reading
  #awaited = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  get isOn(): boolean {
    return this.#awaited > 0
  }

  /** Until all of them, and those before, have room. */
  until(rooms: readonly Room[]): void {
    if (rooms.length === 0) return
    if (this.#awaited === 0) this.#reading.pause()
    this.#awaited += rooms.length
    for (const room of rooms) {
      room.onRoom(() => {
        if (--this.#awaited === 0) this.#reading.resume()
      })
    }
  }
}
