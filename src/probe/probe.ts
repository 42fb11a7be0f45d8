// What a probe is: where the values of a sensor come from.

import type { Json, JsonObject } from '../packet.ts'
import type { Random } from '../random.ts'

/** What is known of a message before it has a value. */
export interface Tick {
  /** Counts the messages of the sensor from 0. */
  readonly seq: number
  /** Milliseconds since 1970, whole where the message's timestamp is. */
  readonly time: number
  /** Seconds since the sensor's start. */
  readonly elapsed: number
  readonly id: string
  readonly name: string
  /** The time is the clock's, not a schedule's. */
  readonly live: boolean
}

/** A value with company. `fields` follow the value in the message, `data` makes it a frame. */
export interface Reading {
  readonly value?: Json
  readonly fields?: JsonObject
  readonly data?: Uint8Array
}

/** A number alone is a reading, too: nothing is allocated for it at full speed. */
export type Value = number | Reading

/** Asked at each tick; nothing means that there will never be more. */
export interface TickedProbe {
  read(tick: Tick): Value | undefined | Promise<Value | undefined>
  close?(): void
}

/** A reading that comes when it comes. `after` is its time in milliseconds from the first, where it has one. */
export interface Event {
  readonly reading: Value
  readonly after?: number
}

/** Tells by itself when it has something. */
export interface EventProbe {
  /** Its events have times of their own, in ascending order. */
  readonly timed: boolean
  /** Fails before the sensor is ready, where something is missing. */
  open?(): Promise<void>
  events(stop: AbortSignal): AsyncIterable<readonly Event[]>
}

export type Probe = TickedProbe | EventProbe

export interface ProbeParam {
  readonly name: string
  readonly argument: string
  readonly summary: string
}

/** The range a sensor's kind or its `min=`, `max=` and `digits=` ask for. */
export interface Range {
  readonly min: number
  readonly max: number
  /** Digits after the decimal point. */
  readonly digits: number
}

export interface ProbeContext {
  readonly random: Random
  readonly range: Range
  /** Names input that is no value; `reason` is a short constant phrase, `detail` says what exactly. */
  readonly reject: (reason: string, detail: string) => void
}

/** What stands before and after the colon of `exec:COMMAND`, and the parameters after `?`. */
export interface ProbeSpec {
  readonly text: string
  readonly name: string
  readonly rest: string
  readonly params: ReadonlyMap<string, string>
}

export interface ProbeKind {
  readonly name: string
  readonly summary: string
  readonly example: string
  readonly params: readonly ProbeParam[]
  /** What comes after the colon, where something must. */
  readonly argument?: string
  /** The sensors there are when nobody says which part of the machine is meant. */
  readonly parts?: (spec: ProbeSpec) => readonly { readonly name: string; readonly text: string }[]
  readonly unit?: (spec: ProbeSpec) => string | undefined
  /** Milliseconds between ticks where nobody says otherwise. */
  readonly interval?: (spec: ProbeSpec) => number | undefined
  /** Throws UsageError where the spec is wrong. */
  make(spec: ProbeSpec, context: ProbeContext): Probe
}
