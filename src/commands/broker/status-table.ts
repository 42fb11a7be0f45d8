// The state of a broker as a table for people.

import { descriptorOutlet } from '../../carrier/stdio.ts'
import type { Terminal } from '../../cli/command.ts'
import { type Batch, isObject, type JsonObject, type Meta } from '../../packet.ts'
import { printable } from '../../printable.ts'
import type { Sink } from '../../stream/step.ts'
import { total } from './status-rates.ts'

const HEAD = ['client', 'name', 'policy', 'received', 'sent', 'dropped', 'pending', 'patterns']
/** The columns of numbers, which are aligned to the right. */
const NUMBERS = [3, 4, 5, 6]

/** Writes each state to stdout. `live`: over the one before, where the terminal can do that. */
export function statusTable(terminal: Pick<Terminal, 'columns' | 'rows'>, { live }: { readonly live: boolean }): Sink {
  const stdout = descriptorOutlet(1, 'stdout')
  let isFirst = true
  return {
    async write(batch) {
      const { columns, rows } = terminal
      const table = tableText(batch, columns)
      const text = live && rows !== undefined ? screenText(table, { rows, isFirst }) : `${table}\n`
      isFirst = false
      await stdout.write([Buffer.from(text)])
    },
    close: () => stdout.close(),
  }
}

const HOME = '\x1b[H'
const CLEAR_SCREEN = '\x1b[2J'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/** The table from the top of the screen on, as far as there is room: the last row is the cursor's. */
export function screenText(
  table: string,
  { rows, isFirst }: { readonly rows: number; readonly isFirst: boolean },
): string {
  const lines = table.split('\n')
  const most = Math.max(1, rows - 1)
  const shown = lines.length > most ? [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more`] : lines
  return `${isFirst ? CLEAR_SCREEN : ''}${HOME}${shown.map(line => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_BELOW}`
}

export function tableText(batch: Batch, columns: number): string {
  const metas = batch.map(({ meta }) => meta)
  const broker = metas.filter(({ kind }) => kind === 'broker').map(brokerLine)
  const clients = metas.filter(({ kind }) => kind === 'client').map(clientCells)
  const groups = metas.filter(({ kind }) => kind === 'group').map(groupLine)
  const journals = metas.flatMap(({ journal }) => (isObject(journal) ? journalLine(journal) : []))
  const consumers = metas.filter(({ kind }) => kind === 'consumer').map(consumerLine)
  const rows = clients.length > 0 ? [HEAD, ...clients] : []
  const widths = HEAD.map((_, column) => Math.max(0, ...rows.map(row => (row[column] ?? '').length)))
  const lines = rows.map(row =>
    row
      .map((cell, column) =>
        NUMBERS.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return [...broker, ...journals, ...lines, ...groups, ...consumers].map(line => cut(line, columns)).join('\n')
}

function brokerLine(meta: Meta): string {
  const { since, clients, bindings, retained } = meta
  const counts = ['received', 'sent', 'dropped'].map(name => `${counted(meta, name)} ${name}`)
  return `broker since ${since}: ${clients} clients, ${bindings} bindings, ${retained} retained; ${counts.join(', ')}`
}

function clientCells(meta: Meta): readonly string[] {
  const { client, name, policy, pending, patterns, addresses, groups, waiting_for_others } = meta
  const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
  const group = texts(groups).map(text => `(group ${text})`)
  const at = texts(addresses).map(text => `(at ${text})`)
  const counts = ['received', 'sent', 'dropped'].map(column => counted(meta, column))
  const note = waiting_for_others ? ['(waits for others)'] : []
  return [
    String(client ?? ''),
    String(name ?? ''),
    String(policy ?? ''),
    ...counts,
    String(pending ?? ''),
    [...texts(patterns), ...at, ...group, ...note].join(' '),
  ].map(printable)
}

function journalLine({ folder, sync, first, next, bytes, error }: JsonObject): string {
  const fault = typeof error === 'string' ? `; ${error}` : ''
  return printable(`journal ${folder}: packets ${first} to ${next}, ${bytes} bytes, sync ${sync}${fault}`)
}

function consumerLine({ consumer, members, offset, lag, unacknowledged, lost }: Meta): string {
  const missing = typeof lost === 'number' && lost > 0 ? `, ${lost} lost` : ''
  return printable(
    `consumer ${consumer}: ${members} members, at ${offset}, ${lag} behind, ${unacknowledged} unacknowledged${missing}`,
  )
}

function groupLine({ group, members, waiting, lost }: Meta): string {
  return `group ${printable(String(group))}: ${members} members, ${waiting} waiting, ${lost} lost`
}

/** `12345`, or with its rate `12345 (67/s)`. */
function counted(meta: Meta, name: string): string {
  const rate = meta[`${name}_per_second`]
  return `${total(meta[name])}${typeof rate === 'number' ? ` (${rate}/s)` : ''}`
}

function cut(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line
}
