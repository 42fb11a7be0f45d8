// screen: packets as aligned columns for people, or values joined by TAB for programs.

import { UsageError } from '../errors.ts'
import { type Batch, type Gap, gapOf, type Json, type Packet } from '../packet.ts'
import { printable } from '../printable.ts'
import { checkParams } from '../url.ts'
import { columnsParam } from './columns.ts'
import { readable } from './readable.ts'
import type { Store, StoreContext, StoreKind } from './store.ts'

export const screen: StoreKind = {
  scheme: 'screen',
  summary: 'stdout; aligned columns on a terminal, else the values joined by TAB',
  example: 'screen:?columns=name,value,unit',
  params: [
    { name: 'columns', argument: 'KEYS', summary: 'show these keys only (default all; on a terminal without the id)' },
  ],
  async open(endpoint, context) {
    checkParams(endpoint, ['columns'])
    return screenStore(endpoint.text, columnsParam(endpoint), context)
  },
}

function screenStore(name: string, columns: readonly string[] | undefined, context: StoreContext): Store {
  const { print, terminal } = context
  if (!print) throw new UsageError(`${name}: there is no screen to print to`)
  const count = context.ledger.stage(name)
  const lines = terminal ? new Table(terminal, columns) : new Tabbed(columns)
  return {
    name,
    write(given) {
      const batch = readable(given, context.reject)
      count.in += batch.length
      const printed = print(lines.text(batch))
      if (!printed) {
        count.out += batch.length
        return
      }
      return printed.then(() => {
        count.out += batch.length
      })
    },
    async close() {},
  }
}

/** Values joined by TAB, in the order of the packet's keys or of the columns asked for. */
class Tabbed {
  readonly #columns: readonly string[] | undefined

  constructor(columns: readonly string[] | undefined) {
    this.#columns = columns
  }

  text(batch: Batch): string {
    let text = ''
    for (const packet of batch) {
      const keys = this.#columns ?? keysOf(packet)
      text += `${keys.map(key => printable(cellOf(packet, key))).join('\t')}\n`
    }
    return text
  }
}

const DIM = '\x1b[2m'
const YELLOW = '\x1b[33m'
const PLAIN = '\x1b[0m'

/** More are beyond the edge of every terminal, where lines are cut. */
const MOST_COLUMNS = 256

/** Aligned columns under a header. A key that turns up later is a new column; columns only ever grow. */
class Table {
  readonly #terminal: NonNullable<StoreContext['terminal']>
  readonly #fixed: boolean
  readonly #widths = new Map<string, number>()
  #stale = true

  constructor(terminal: NonNullable<StoreContext['terminal']>, columns: readonly string[] | undefined) {
    this.#terminal = terminal
    this.#fixed = columns !== undefined
    for (const column of columns ?? []) this.#widths.set(column, column.length)
  }

  text(batch: Batch): string {
    for (const packet of batch) this.#measure(packet)
    let text = ''
    for (const packet of batch) {
      const gap = gapOf(packet.meta)
      if (gap) text += this.#line(gapText(gap), YELLOW)
      else text += this.#header() + this.#line(this.#row(packet))
    }
    return text
  }

  #measure(packet: Packet): void {
    if (gapOf(packet.meta)) return
    if (!this.#fixed) {
      for (const key of keysOf(packet)) {
        if (key === 'id' || this.#widths.has(key) || this.#widths.size === MOST_COLUMNS) continue
        this.#widths.set(key, printable(key).length)
        this.#stale = true
      }
    }
    for (const [key, width] of this.#widths) {
      const needed = printable(cellOf(packet, key)).length
      if (needed > width) this.#widths.set(key, needed)
    }
  }

  #header(): string {
    if (!this.#stale) return ''
    this.#stale = false
    const names = [...this.#widths].map(([key, width]) => printable(key).padEnd(width))
    return this.#line(names.join('  '), DIM)
  }

  #row(packet: Packet): string {
    const cells: string[] = []
    for (const [key, width] of this.#widths) {
      const text = printable(cellOf(packet, key))
      cells.push(typeof packet.meta[key] === 'number' ? text.padStart(width) : text.padEnd(width))
    }
    return cells.join('  ')
  }

  #line(full: string, color?: string): string {
    const text = full.trimEnd()
    const { columns } = this.#terminal
    const cut = text.length > columns ? `${text.slice(0, columns - 1)}…` : text
    return color !== undefined && this.#terminal.color ? `${color}${cut}${PLAIN}\n` : `${cut}\n`
  }
}

function gapText({ lost, reason, stage }: Gap): string {
  return printable(`-- ${lost} lost: ${reason}, ${stage} --`)
}

function keysOf({ meta, data }: Packet): readonly string[] {
  const keys = Object.keys(meta)
  return data.length > 0 && !('data' in meta) ? [...keys, 'data'] : keys
}

function cellOf({ meta, data }: Packet, key: string): string {
  const value: Json | undefined = meta[key]
  if (value === undefined) return key === 'data' && data.length > 0 ? `<${data.length} bytes>` : ''
  if (typeof value === 'string') return value
  return value === null ? '-' : JSON.stringify(value)
}
