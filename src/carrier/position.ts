// Where the reading of a file goes on, for whoever shares the descriptor as well. Node can read at a position, but has no lseek to
// ask for that of a descriptor or to set it: its WASI has.

import process from 'node:process'
import { withoutWarnings } from '../without-warnings.ts'

/** WASI's own numbers: of the descriptor that it has as its stdin, and of where an offset is counted from. */
const STDIN = 0
const FROM_START = 0
const FROM_HERE = 1

/** A module with a page of memory, exported as `memory`: where WASI puts its answers. */
const MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[5, 3, 1, 0, 1],
  ...[7, 10, 1, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0],
)

export interface Position {
  /** In bytes, when it was asked for. */
  readonly start: number
  moveTo(position: number): void
}

/** Nothing where a descriptor has none, or where Node may not tell. */
export function positionOf(descriptor: number): Position | undefined {
  try {
    const wasi = withoutWarnings(() => {
      const { WASI } = process.getBuiltinModule('node:wasi')
      return new WASI({ version: 'preview1', stdin: descriptor })
    })
    const instance = new WebAssembly.Instance(new WebAssembly.Module(MODULE), {})
    wasi.initialize(instance)
    const { memory } = instance.exports
    const seek = (offset: number, from: number): boolean =>
      wasi.wasiImport['fd_seek'](STDIN, BigInt(offset), from, 0) === 0
    if (!(memory instanceof WebAssembly.Memory) || !seek(0, FROM_HERE)) return undefined
    const start = Number(new DataView(memory.buffer).getBigUint64(0, true))
    return { start, moveTo: position => void seek(position, FROM_START) }
  } catch {
    return undefined
  }
}
