// A terminal for tests: a command line runs on it, keys are pressed, and what it shows is read row by row.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { commandFolder } from './cases.ts'
import { DEBIAN_PYTHON } from './python.ts'

export interface TerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
}

export interface OnTerminal {
  readonly screen: Screen
  /** Resolves when the screen is as wanted; rejects, with what it shows, when the command ends before. */
  readonly shows: (what: string | RegExp | ((screen: Screen) => boolean)) => Promise<void>
  readonly press: (keys: string) => void
  readonly resize: (columns: number, rows: number) => void
  /** To everything in the foreground. */
  readonly signal: (number: number) => void
  /** The exit code. */
  readonly ended: Promise<number | null>
}

export function onTerminal(t: Test, line: string, options: TerminalOptions = {}): OnTerminal {
  const { columns = 80, rows = 24, folder = t.testdir({}), environment } = options
  const commands = commandFolder(t.testdirName)
  // Each of them changes what Node takes a terminal for.
  const { NODE_EXTRA_CA_CERTS: _, NO_COLOR: __, FORCE_COLOR: ___, CI: ____, ...inherited } = process.env
  const env = {
    ...inherited,
    TERM: 'xterm-256color',
    COLORTERM: '',
    PATH: `${commands}${delimiter}${process.env['PATH']}`,
    ...environment,
  }
  const helper = fileURLToPath(new URL('terminal.py', import.meta.url))
  const words = [helper, `unset NODE_OPTIONS; ${line}`, String(columns), String(rows)]
  const child = spawn(DEBIAN_PYTHON, words, { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] })
  const screen = new Screen(columns, rows)
  let isOver = false
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of waiting) look()
  }
  const ended = once(child, 'close').then(([code]) => {
    isOver = true
    wake()
    return code
  })
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    screen.feed(text)
    wake()
  })
  child.stdin.on('error', () => {})
  const order = (what: object) => void child.stdin.write(`${JSON.stringify(what)}\n`)
  t.teardown(async () => {
    child.stdin.end() // its end closes the terminal, and everything on it is hung up
    await ended
  })
  return {
    screen,
    shows(what) {
      const found = () => {
        if (typeof what === 'function') return what(screen)
        return typeof what === 'string' ? screen.text.includes(what) : what.test(screen.text)
      }
      return new Promise((resolve, reject) => {
        const look = () => {
          const isFound = found()
          if (!isFound && !isOver) return
          waiting.delete(look)
          if (isFound) resolve()
          else reject(new Error(`ended without ${what}:\n${screen.text}`))
        }
        waiting.add(look)
        look()
      })
    },
    press: keys => order({ keys }),
    resize(columns, rows) {
      screen.resize(columns, rows)
      order({ size: [columns, rows] })
    },
    signal: number => order({ signal: number }),
    ended,
  }
}

/** As much of a terminal as the display uses: rows are addressed, the screen is cleared, another one is entered and left. */
export class Screen {
  #columns: number
  #rows: number
  #cells: string[][] = []
  #row = 0
  #column = 0
  #rest = ''
  /** On the other screen. */
  isEntered = false
  /** How often the other screen was left: it may be entered again before anybody has looked. */
  departures = 0
  cursor: 'shown' | 'hidden' = 'shown'
  /** How many colours of the palette, and of all, have been asked for. */
  palette = 0
  trueColor = 0

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
    this.#clear()
  }

  get text(): string {
    return this.#cells.map(row => row.join('').trimEnd()).join('\n')
  }

  resize(columns: number, rows: number): void {
    this.#columns = columns
    this.#rows = rows
    this.#clear()
  }

  feed(given: string): void {
    const text = this.#rest + given
    // A sequence that is cut waits for its end.
    const cut = /\x1b(?:\[[0-9;?]*)?$/.exec(text)
    this.#rest = cut ? cut[0] : ''
    const whole = cut ? text.slice(0, cut.index) : text
    for (const [part] of whole.matchAll(/\x1b\[[0-9;?]*[A-Za-z]|[\s\S]/gu)) this.#take(part)
  }

  #take(part: string): void {
    if (part === '\r') this.#column = 0
    else if (part === '\n') this.#row++
    else if (!part.startsWith('\x1b')) this.#put(part)
    else if (part.endsWith('H')) {
      const [row = 1, column = 1] = part.slice(2, -1).split(';').map(Number)
      this.#row = row - 1
      this.#column = column - 1
    } else if (part === '\x1b[2J') this.#clear()
    else if (part === '\x1b[?1049h' || part === '\x1b[?1049l') this.#enter(part.endsWith('h'))
    else if (part === '\x1b[?25h' || part === '\x1b[?25l') this.cursor = part.endsWith('h') ? 'shown' : 'hidden'
    else if (part.includes('8;5;')) this.palette++
    else if (part.includes('8;2;')) this.trueColor++
  }

  /** What was on the other screen before is of no interest. */
  #enter(isEntered: boolean): void {
    this.isEntered = isEntered
    if (!isEntered) this.departures++
    this.#clear()
    this.#row = 0
    this.#column = 0
  }

  #put(character: string): void {
    const row = this.#cells[this.#row]
    if (row && this.#column < this.#columns) row[this.#column] = character
    this.#column++
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.#rows }, () => new Array<string>(this.#columns).fill(' '))
  }
}
