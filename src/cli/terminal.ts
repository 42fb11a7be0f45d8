// The terminal as a screen with keys, while stdin and stdout are data: entered, resized, suspended, left as it was.

import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { ReadStream, WriteStream } from 'node:tty'
import type { Colors } from '../chart/cells.ts'
import type { Screen, ScreenHandlers } from '../chart/screen.ts'
import { CarrierError, errorCode } from '../errors.ts'
import { isTerminal } from '../is-terminal.ts'
import { keysIn } from './keys.ts'

const DEVICE = '/dev/tty'
const STDERR = 2
/** Opened anew: that writes to it do not wait is nobody else's business then. */
const STDERR_DEVICE = '/dev/stderr'

/** What stands between the two is shown at once, by terminals that know it. */
const FRAME = ['\x1b[?2026h', '\x1b[?2026l'] as const
/** Another screen, no cursor, no wrapping at the right edge; and back, also from the middle of a frame. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J'
const LEAVE = `${FRAME[1]}\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l`

const GUARD_MS = 300
/** A terminal that takes no more is asked again after this time. */
const RETRY_MS = 20
/** It has this time to take the last of it: one that is held (Ctrl-S), or whose other end is frozen, keeps nobody. */
const PATIENCE_MS = 1000
const NOTHING = Buffer.alloc(0)

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export class Terminal implements Screen {
  readonly colors: Colors
  readonly #device: string
  readonly #descriptor: number
  readonly #keys: ReadStream | undefined
  readonly #handlers: ScreenHandlers
  /** A program of the pipeline that ends may put the terminal back into the state it began with: raw again, then. */
  readonly #guard: NodeJS.Timeout
  #size: TerminalSize
  /** What the terminal has not taken yet. */
  #rest: Buffer = NOTHING
  #retry: NodeJS.Timeout | undefined
  #state: 'shown' | 'left' | 'gone' = 'shown'

  /** Throws a CarrierError where there is no terminal that can be drawn on. */
  constructor(color: string, handlers: ScreenHandlers) {
    this.#handlers = handlers
    const { device, descriptor } = openTerminal()
    this.#device = device
    this.#descriptor = descriptor
    this.#size = sizeOf(device)
    this.colors = colorsOf(color, descriptor)
    this.#keys = device === DEVICE ? new ReadStream(openSync(DEVICE, 'r')) : undefined
    this.#keys?.on('error', () => {}) // a terminal that is gone tells it by SIGHUP, too
    this.#keys?.on('data', (bytes: Buffer) => this.#onKeys(bytes))
    this.#enter()
    this.#guard = setInterval(() => this.#makeRaw(), GUARD_MS)
    process.on('exit', this.#leave)
    process.on('SIGWINCH', this.#resize)
    process.on('SIGTSTP', this.#suspend)
    process.on('SIGCONT', this.#resume)
  }

  get size(): TerminalSize {
    return this.#size
  }

  /** Somebody can press a key. */
  get hasKeys(): boolean {
    return this.#keys !== undefined
  }

  /** The last text is still on its way: a slow terminal gets fewer frames, and nobody waits for it. */
  get isBusy(): boolean {
    return this.#rest.length > 0 || this.#state !== 'shown'
  }

  draw(text: string): void {
    if (text === '' || this.isBusy) return
    this.#write(FRAME.join(text))
  }

  quit(stop: AbortController): void {
    if (stop.signal.aborted) process.kill(process.pid, 'SIGINT')
    else stop.abort('quit')
  }

  async close(): Promise<void> {
    clearInterval(this.#guard)
    const end = performance.now() + PATIENCE_MS
    await this.#drained(end)
    process.off('exit', this.#leave)
    process.off('SIGWINCH', this.#resize)
    process.off('SIGTSTP', this.#suspend)
    process.off('SIGCONT', this.#resume)
    this.#leave()
    await this.#drained(end)
    clearTimeout(this.#retry)
    this.#keys?.destroy()
    closeSync(this.#descriptor)
  }

  async #drained(end: number): Promise<void> {
    while (this.#rest.length > 0 && performance.now() < end) await wait(RETRY_MS)
  }

  /** In place of what it has not taken yet. */
  #write(text: string): void {
    this.#rest = Buffer.from(text)
    this.#flush()
  }

  #flush(): void {
    clearTimeout(this.#retry)
    try {
      while (this.#rest.length > 0) this.#rest = this.#rest.subarray(writeSync(this.#descriptor, this.#rest))
    } catch (error) {
      if (errorCode(error) === 'EAGAIN') {
        this.#retry = setTimeout(() => this.#flush(), RETRY_MS)
      } else {
        this.#state = 'gone'
        this.#rest = NOTHING
      }
    }
  }

  /** What is raw already as far as this process knows is not set again, so it is put back first. */
  #makeRaw(): void {
    if (this.#state !== 'shown') return
    this.#keys?.setRawMode(false)
    this.#keys?.setRawMode(true)
  }

  #enter(): void {
    this.#keys?.setRawMode(true)
    this.#state = 'shown'
    this.#write(ENTER)
  }

  readonly #leave = (): void => {
    if (this.#state !== 'shown') return
    this.#state = 'left'
    this.#write(LEAVE)
    try {
      this.#keys?.setRawMode(false)
    } catch {
      // The terminal is gone.
    }
  }

  readonly #resize = (): void => {
    this.#size = sizeOf(this.#device)
    this.#handlers.onEmpty()
  }

  readonly #suspend = (): void => {
    this.#leave()
    process.kill(process.pid, 'SIGSTOP')
  }

  readonly #resume = (): void => {
    if (this.#state !== 'left') return
    this.#enter()
    this.#resize()
  }

  /** Raw, the terminal makes no signals of keys: they go to all of the pipeline, as it would send them. */
  #onKeys(bytes: Buffer): void {
    for (const key of keysIn(bytes.toString('latin1'))) {
      if (key === 'ctrl-c') process.kill(0, 'SIGINT')
      else if (key === 'ctrl-z') process.kill(0, 'SIGTSTP')
      else this.#handlers.onKey(key)
    }
  }
}

function openTerminal(): { readonly device: string; readonly descriptor: number } {
  const advice = 'expected --svg, --png or --measure, or --display never'
  if (process.env['TERM'] === 'dumb') throw new CarrierError('terminal', `TERM=dumb cannot be drawn on: ${advice}`)
  try {
    return { device: DEVICE, descriptor: openNow(DEVICE) }
  } catch (error) {
    if (isTerminal(STDERR)) return { device: STDERR_DEVICE, descriptor: openNow(STDERR_DEVICE) }
    throw new CarrierError('terminal', `there is none to draw on: ${advice}`, { cause: error })
  }
}

/** A write takes what there is room for, and does not wait. */
function openNow(device: string): number {
  return openSync(device, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
}

const USUAL: TerminalSize = { columns: 80, rows: 24 }

function sizeOf(device: string): TerminalSize {
  // A stream of its own: one that is there already does not look again.
  const stream = new WriteStream(openSync(device, 'w'))
  const [columns, rows] = stream.getWindowSize()
  stream.destroy()
  return columns > 0 && rows > 0 ? { columns, rows } : USUAL
}

function colorsOf(color: string, descriptor: number): Colors {
  if (color === 'never' || (color === 'auto' && process.env['NO_COLOR'])) return 'none'
  const { NO_COLOR: _, ...environment } = process.env
  const depth = isTerminal(descriptor) ? WriteStream.prototype.getColorDepth(environment) : 8
  if (depth === 1 && color === 'auto') return 'none'
  return depth === 24 ? 'true' : 'palette'
}
