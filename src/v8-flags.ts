// Flags of V8 that are set while a program runs, on Node 20; later Nodes do without, and complain of those they do not know.

import process from 'node:process'
import { setFlagsFromString } from 'node:v8'

const IS_NODE_20 = Number.parseInt(process.versions.node, 10) === 20

interface Flag {
  readonly set: string
  readonly usual: string
}

/** Bytes of bytecode a function runs before V8 asks whether to optimise it: ten times as many as by default. */
const LATE: Flag = { set: '--interrupt-budget=700000', usual: '--interrupt-budget=67584' }
/** Percent by which the heap, with the memory outside of it, may grow from one full collection to the next. */
const ROOM: Flag = { set: '--heap-growing-percent=400', usual: '--heap-growing-percent=0' }
/** Instructions of WebAssembly that are finished there, but not yet public. */
const RELAXED_SIMD: Flag = {
  set: '--experimental-wasm-relaxed-simd',
  usual: '--no-experimental-wasm-relaxed-simd',
}

/**
 * For a process that works a little at a time: V8 optimises later, so that compiling does not hold up what it measures.
 * Where all cores are taken that makes packets wait for milliseconds: at a thousand messages a second the 99th percentile
 * of their age falls to a third; at full speed the budget is used up within the first tenth of a second.
 */
export function compileLate(): void {
  if (IS_NODE_20) setFlagsFromString(LATE.set)
}

/** Full collections come later: for `large-buffers.ts`. */
export function collectLate(): void {
  if (IS_NODE_20) setFlagsFromString(ROOM.set)
}

/** No longer than it needs: with other flags than usual Node's own modules are compiled anew, for each thread that starts. */
export function withRelaxedSimd<T>(work: () => T): T {
  if (!IS_NODE_20) return work()
  setFlagsFromString(RELAXED_SIMD.set)
  try {
    return work()
  } finally {
    setFlagsFromString(RELAXED_SIMD.usual)
  }
}

/** Takes all of them back. Compiled code that was kept under one set of flags is refused under another. */
export function resetFlags(): void {
  if (IS_NODE_20) for (const { usual } of [LATE, ROOM]) setFlagsFromString(usual)
}
