// The transform kernel with its memory: blocks of complex float32 samples become spectra, many at a call.

import { kernelCode, type Layout, layoutOf, middleStrides } from './kernel-code.ts'
import { FIRST_ENTRY, MIDDLE_ENTRY, NUMBER } from './kernel-passes.ts'
import { KernelPieces, pieceLayout } from './kernel-pieces.ts'
import { binBytes, type Scale } from './kernel-scales.ts'
import { KernelThread } from './kernel-thread.ts'
import { compiledModule, hasRelaxedSimd } from './relaxed-simd.ts'
import { rootsOfUnity } from './roots.ts'

export const LEAST_SIZE = 16
/** Beyond it tables and rooms outgrow every cache. */
export const GREATEST_SIZE = 2 ** 20

/** Of a memory. */
const PAGE_BYTES = 65536
const FLOAT = 4

export interface KernelSettings {
  /** Samples a block. */
  readonly size: number
  /** Real samples have size / 2 + 1 bins. Each is multiplied with a factor. */
  readonly real?: { readonly factors: Float64Array } | undefined
  readonly scale: Scale
  readonly shift: boolean
  /** A weight for each number of a block: of complex samples two a sample, for its real and its imaginary part. */
  readonly weights: Float64Array
  /** Room for so many numbers of input: two a complex sample. */
  readonly numbers: number
  /** Room for the spectra of so many blocks. */
  readonly blocks: number
  /** A thread shares its work. */
  readonly threaded?: boolean
  /** Default: where the machine can. */
  readonly fused?: boolean
}

/** What the kernel is asked for: addresses, bytes from block to block, and how many blocks. */
export type Job = readonly [input: number, output: number, hop: number, count: number]

/** Whether it can do blocks of so many samples. */
export function isKernelSize(size: number, { real = false } = {}): boolean {
  const numbers = real ? size / 2 : size
  return numbers >= LEAST_SIZE && numbers <= GREATEST_SIZE && Number.isInteger(Math.log2(size))
}

export class Kernel {
  readonly settings: KernelSettings
  /** Samples, the real and imaginary parts of complex ones in turn: whoever has them writes them here. */
  readonly input: Float32Array
  /** Spectra, one after the other; of the scale `complex` real and imaginary parts in turn. */
  readonly output: Float32Array
  /** For files that two threads read, where a piece has a block at least. */
  readonly pieces: KernelPieces | undefined
  /** Of this side, and of the thread's. */
  readonly #sums: readonly [Float32Array, Float32Array]
  readonly #rowBytes: number
  readonly #run: (...job: Job) => void
  readonly #thread: KernelThread | undefined

  constructor(settings: KernelSettings) {
    const { scale, shift, real, numbers, blocks, threaded = false, fused = hasRelaxedSimd() } = settings
    const size = real ? settings.size / 2 : settings.size
    const layout = layoutOf(size, { real: real !== undefined })
    // Both threads work at the same time: each has tables and rooms of its own.
    const bases = [0, threaded ? layout.end : 0] as const
    const start = bases[1] + layout.end
    const inputBytes = Math.ceil(numbers / 2) * NUMBER
    const rowBytes = (real ? size + 1 : size) * binBytes(scale)
    const end = start + inputBytes + blocks * rowBytes
    const pieces = threaded ? pieceLayout(end, size * NUMBER, rowBytes) : undefined
    const pages = Math.ceil((pieces?.end ?? end) / PAGE_BYTES)
    const memory = new WebAssembly.Memory({ initial: pages, ...(threaded && { maximum: pages, shared: true }) })
    const module = compiledModule(kernelCode({ size, scale, shift, fused, shared: threaded, layout }))
    const { buffer } = memory
    const sideOf = (base: number) => ({ base, sums: new Float32Array(buffer, base + layout.sums, 4) })
    const sides = [sideOf(bases[0]), sideOf(bases[1])] as const
    this.settings = settings
    this.input = new Float32Array(buffer, start, numbers)
    this.output = new Float32Array(buffer, start + inputBytes, (blocks * rowBytes) / FLOAT)
    this.#sums = [sides[0].sums, sides[1].sums]
    this.#rowBytes = rowBytes
    const memoryNumbers = new Float32Array(buffer)
    memoryNumbers.set(settings.weights, layout.window / FLOAT)
    fillTables(memoryNumbers, layout, size)
    if (real) fillPlanes(memoryNumbers, layout, real.factors)
    const run = runOf(module, memory)
    this.#run = (...job) => run(0, ...job)
    if (!threaded) return
    memoryNumbers.copyWithin(bases[1] / FLOAT, 0, layout.end / FLOAT)
    const thread = new KernelThread(module, memory, { ...sides[1], rowBytes, help: this.#run })
    const lend = (program: string, data: object) => thread.lend(program, data)
    this.pieces = pieces && new KernelPieces(pieces, { memory, sides, run, lend })
    this.#thread = thread
  }

  /**
   * Transforms `count` blocks that begin `hop` numbers apart, the first at a number of the input, to the output from a row on.
   * False where decibels are not right, because a power of one of the blocks is not finite.
   */
  run(first: number, hop: number, count: number, row = 0): boolean {
    const [own, others] = this.#sums
    own.fill(0)
    if (count === 0) return true
    const to = this.output.byteOffset + row * this.#rowBytes
    const job: Job = [this.input.byteOffset + first * FLOAT, to, hop * FLOAT, count]
    const isShared = this.#thread?.share(job) === true
    if (!isShared) this.#run(...job)
    // A thread that is lent is at work with sums of its own.
    return own.every(Number.isFinite) && (!isShared || others.every(Number.isFinite))
  }
}

function runOf(module: WebAssembly.Module, memory: WebAssembly.Memory): (base: number, ...job: Job) => void {
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports['run']
  if (typeof run !== 'function') throw new TypeError('the kernel exports no run')
  return (base, ...job) => run(base, ...job)
}

function fillPlanes(memory: Float32Array, { planes }: Layout, factors: Float64Array): void {
  if (!planes) return
  const half = factors.length - 1
  const roots = rootsOfUnity(2 * half)
  memory.set(roots.re.subarray(0, half + 1), planes.rootsRe / FLOAT)
  memory.set(roots.im.subarray(0, half + 1), planes.rootsIm / FLOAT)
  // Sums of two are to be their means.
  memory.set(
    factors.map(factor => factor / 2),
    planes.factors / FLOAT,
  )
}

function fillTables(memory: Float32Array, layout: Layout, size: number): void {
  const { re, im } = rootsOfUnity(size)
  const [first = 0, ...middle] = layout.tables
  for (let group = 0; group < size / 4; group++) {
    for (let k = 0; k < 4; k++) {
      const at = (first + group * FIRST_ENTRY) / FLOAT + k
      memory[at] = re[group * k] ?? 0
      memory[at + 4] = im[group * k] ?? 0
    }
  }
  for (const [index, stride] of middleStrides(size).entries()) {
    for (let group = 0; group < size / stride / 4; group++) {
      const at = ((middle[index] ?? 0) + group * MIDDLE_ENTRY) / FLOAT
      for (let k = 1; k < 4; k++) {
        memory[at + 2 * k - 2] = re[group * k * stride] ?? 0
        memory[at + 2 * k - 1] = im[group * k * stride] ?? 0
      }
    }
  }
}
