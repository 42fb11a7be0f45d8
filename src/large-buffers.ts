// What a process sets up before large buffers pass through it: neither V8 nor the C library expects them.

import { collectLate } from './v8-flags.ts'

/** The most that glibc lets a freed block raise its thresholds to, less its own header. */
const MOST = 32 * 1024 * 1024 - 64 * 1024
let isExpected = false

/**
 * V8 counts buffers against a limit that it sets by its small heap, so that it marks all of that heap every 40 MB: half
 * of the time of a reader of 1 MiB parts. Buffers are freed as soon, by the collections of what is young.
 *
 * glibc gives every freed block above a threshold back to the system, which clears its pages when they come back. The
 * threshold follows the largest block that was freed: one that is never touched costs nothing, and two thirds of the
 * page faults are gone. Elsewhere it has no effect.
 */
export function expectLargeBuffers(): void {
  if (isExpected) return
  isExpected = true
  collectLate()
  Buffer.allocUnsafeSlow(MOST)
}
