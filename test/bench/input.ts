// Generated inputs: sensor lines of about 114 bytes, the same for every run, kept in the folder of the benches.

import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Input } from './harness.ts'
import { folder } from './machine.ts'

const START = Date.UTC(2026, 0, 1)
const INTERVAL_MS = 5
const hex = Array.from({ length: 65536 }, (_, value) => value.toString(16).padStart(4, '0'))

interface Row {
  readonly timestamp: string
  readonly id: string
  readonly name: string
  readonly value: number
}

/** `sensor lines`, as sensor-sim prints them. */
export function ndjsonRows(count: number): Input {
  return generated(`rows-${count}.ndjson`, count, '', row => `${JSON.stringify(row)}\n`)
}

export function csvRows(count: number): Input {
  const print = ({ timestamp, id, name, value }: Row) => `${timestamp},${id},${name},${value}\n`
  return generated(`rows-${count}.csv`, count, 'timestamp,id,name,value\n', print)
}

function generated(name: string, lines: number, head: string, print: (row: Row) => string): Input {
  const path = join(folder, name)
  if (!existsSync(path)) {
    const random = generator()
    const file = openSync(`${path}.part`, 'w')
    let text = head
    for (let number = 0; number < lines; number++) {
      text += print(row(number, random))
      if (text.length > 1 << 20) {
        writeSync(file, text)
        text = ''
      }
    }
    writeSync(file, text)
    closeSync(file)
    renameSync(`${path}.part`, path)
  }
  return { path, lines, megabytes: statSync(path).size / 1e6 }
}

function row(number: number, random: () => number): Row {
  const four = () => hex[random() >>> 16] ?? ''
  const variant = hex[0x8000 | ((random() >>> 16) & 0x3fff)]
  return {
    timestamp: new Date(START + number * INTERVAL_MS).toISOString(),
    id: `${four()}${four()}-${four()}-4${four().slice(1)}-${variant}-${four()}${four()}${four()}`,
    name: `sensor-${(random() % 5) + 1}`,
    value: (random() % 201) - 100,
  }
}

/** xorshift32, Marsaglia 2003. */
function generator(): () => number {
  let state = 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}
