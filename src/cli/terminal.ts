// The terminal as a screen with keys, while stdin and stdout are data: entered, resized, suspended, left as it was.

import { closeSync, openSync, write, writeSync } from 'node:fs'
import { isatty, ReadStream, WriteStream } from 'node:tty'
import type { Colors } from '../chart/cells.ts'
import type { Screen, ScreenHandlers } from '../chart/screen.ts'
import { CarrierError } from '../errors.ts'
import { keysIn } from './keys.ts'

const DEVICE = '/dev/tty'
const STDERR = 2

/** Another screen, no cursor, no wrapping at the right edge; and back. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J'
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l'
/** What stands between the two is shown at once, by terminals that know it. */
const FRAME = ['\x1b[?2026h', '\x1b[?2026l'] as const

const GUARD_MS = 300

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export class Terminal implements Screen {
  readonly colors: Colors
  readonly #descriptor: number
  readonly #keys: ReadStream | undefined
  readonly #handlers: ScreenHandlers
  /** A program of the pipeline that ends may put the terminal back into the state it began with: raw again, then. */
  readonly #guard: NodeJS.Timeout
  #size: TerminalSize
  #busy: Promise<void> | undefined
  #state: 'shown' | 'left' | 'gone' = 'shown'

  /** Throws a CarrierError where there is no terminal that can be drawn on. */
  constructor(color: string, handlers: ScreenHandlers) {
    this.#handlers = handlers
    const opened = openTerminal()
    this.#descriptor = opened.descriptor
    this.#size = sizeOf(this.#descriptor)
    this.colors = colorsOf(color, this.#descriptor)
    this.#keys = opened.hasKeys ? new ReadStream(openSync(DEVICE, 'r')) : undefined
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
    return this.#busy !== undefined || this.#state !== 'shown'
  }

  draw(text: string): void {
    if (text === '' || this.isBusy) return
    this.#busy = new Promise(resolve => {
      this.#write(Buffer.from(FRAME.join(text)), () => {
        this.#busy = undefined
        resolve()
      })
    })
  }

  quit(stop: AbortController): void {
    if (stop.signal.aborted) process.kill(process.pid, 'SIGINT')
    else stop.abort('quit')
  }

  async close(): Promise<void> {
    clearInterval(this.#guard)
    await this.#busy
    process.off('exit', this.#leave)
    process.off('SIGWINCH', this.#resize)
    process.off('SIGTSTP', this.#suspend)
    process.off('SIGCONT', this.#resume)
    this.#leave()
    this.#keys?.destroy()
    if (this.#descriptor !== STDERR) closeSync(this.#descriptor)
  }

  #write(bytes: Uint8Array, done: () => void): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error) this.#state = 'gone'
      if (error || written === bytes.length || this.#state !== 'shown') done()
      else this.#write(bytes.subarray(written), done)
    })
  }

  /** What is raw already as far as this process knows is not set again, so it is put back first. */
  #makeRaw(): void {
    if (this.#state !== 'shown') return
    this.#keys?.setRawMode(false)
    this.#keys?.setRawMode(true)
  }

  #enter(): void {
    this.#keys?.setRawMode(true)
    this.#say(ENTER)
    this.#state = 'shown'
  }

  readonly #leave = (): void => {
    if (this.#state !== 'shown') return
    this.#state = 'left'
    this.#say(LEAVE)
    try {
      this.#keys?.setRawMode(false)
    } catch {
      // The terminal is gone.
    }
  }

  #say(text: string): void {
    try {
      writeSync(this.#descriptor, text)
    } catch {
      this.#state = 'gone'
    }
  }

  readonly #resize = (): void => {
    this.#size = sizeOf(this.#descriptor)
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

function openTerminal(): { readonly descriptor: number; readonly hasKeys: boolean } {
  const advice = 'expected --svg, --png or --measure, or --display never'
  if (process.env['TERM'] === 'dumb') throw new CarrierError('terminal', `TERM=dumb cannot be drawn on: ${advice}`)
  try {
    return { descriptor: openSync(DEVICE, 'r+'), hasKeys: true }
  } catch (error) {
    if (isatty(STDERR)) return { descriptor: STDERR, hasKeys: false }
    throw new CarrierError('terminal', `there is none to draw on: ${advice}`, { cause: error })
  }
}

const USUAL: TerminalSize = { columns: 80, rows: 24 }

function sizeOf(descriptor: number): TerminalSize {
  // A stream of its own: one that is there already does not look again.
  const stream = new WriteStream(descriptor === STDERR ? openSync('/dev/stderr', 'w') : openSync(DEVICE, 'w'))
  const [columns, rows] = stream.getWindowSize()
  stream.destroy()
  return columns > 0 && rows > 0 ? { columns, rows } : USUAL
}

function colorsOf(color: string, descriptor: number): Colors {
  if (color === 'never' || (color === 'auto' && process.env['NO_COLOR'])) return 'none'
  const { NO_COLOR: _, ...environment } = process.env
  const depth = isatty(descriptor) ? WriteStream.prototype.getColorDepth(environment) : 8
  if (depth === 1 && color === 'auto') return 'none'
  return depth === 24 ? 'true' : 'palette'
}
