// Runs that have to wait, without what they came with: what is kept of a buffer must not keep all of it.

import { joined } from './gathered.ts'
import type { Loss } from './loss.ts'
import { Run } from './run.ts'

type Item = Run | Loss | undefined

/** A longer one is begun for what follows: runs are dropped, and handed to a connection, as they are. */
const LONGEST = 64 * 1024

/** Puts neighbours that fill less than half of what they keep, from `from` on, into a buffer of their own. */
export function compact(queue: Item[], from: number): void {
  let to = from
  for (let at = from; at < queue.length; ) {
    const [end, length, kept] = neighbours(queue, at)
    if (length * 2 > kept) while (at < end) queue[to++] = queue[at++]
    else queue[to++] = joinedRun(queue, at, end, length)
    at = end
  }
  queue.length = to
}

/** Those that could be one run from `at` on: their end, their length, and the length of their buffers. */
function neighbours(queue: readonly Item[], at: number): readonly [end: number, length: number, kept: number] {
  const first = queue[at]
  if (!isPlain(first)) return [at + 1, 1, 0]
  let { length } = first
  let kept = first.buffer.buffer.byteLength
  let end = at + 1
  for (let before = first; end < queue.length && length < LONGEST; end++) {
    const next = queue[end]
    if (!isPlain(next) || next.form !== first.form || next.expires !== first.expires) break
    if (next.buffer.buffer !== before.buffer.buffer) kept += next.buffer.buffer.byteLength
    length += next.length
    before = next
  }
  return [end, length, kept]
}

function isPlain(item: Item): item is Run {
  return item instanceof Run && item.marks === undefined && item.packets > 0
}

function joinedRun(queue: readonly Item[], from: number, to: number, length: number): Item {
  const first = queue[from]
  if (!isPlain(first)) return first
  const runs = queue.slice(from, to).filter(isPlain)
  const packets = runs.reduce((sum, run) => sum + run.packets, 0)
  return new Run(first.form, joined(runs, length), { start: 0, end: length, packets, expires: first.expires })
}

/** The run, in a buffer of its own if it fills less than half of the one that it came in. */
export function compacted(run: Run): Run {
  const { form, length, packets, expires, marks } = run
  if (length * 2 > run.buffer.buffer.byteLength) return run
  return new Run(form, joined([run], length), { start: 0, end: length, packets, expires }, marks)
}
