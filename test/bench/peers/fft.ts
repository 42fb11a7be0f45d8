// The kernel alone, on 512 KiB of samples again and again: the best of many short runs, in million samples a second.

import { Kernel } from '../../../src/dsp/kernel.ts'
import { parseWindow, windowWeights } from '../../../src/dsp/window.ts'

const BATCH = 65536
const size = Number(process.argv[2])
const blocks = Math.max(1, BATCH / size)
const window = windowWeights(parseWindow('hann'), size)
const weights = Float64Array.from({ length: 2 * size }, (_, at) => window[at >> 1] ?? 0)
const kernel = new Kernel({ size, scale: 'db', shift: false, weights, blocks, numbers: 2 * blocks * size })
for (let at = 0; at < kernel.input.length; at++) kernel.input[at] = Math.random() - 0.5
let best = Number.POSITIVE_INFINITY
for (let run = 0; run < 400; run++) {
  const start = performance.now()
  kernel.run(0, 2 * size, blocks)
  best = Math.min(best, performance.now() - start)
}
process.stdout.write(`${((blocks * size) / best / 1000).toFixed(1)}\n`)
