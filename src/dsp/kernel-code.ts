// The transform kernel as a WebAssembly module for one size and one scale: its passes, its memory, its scales.

import { FIRST_ENTRY, firstPass, type LastPass, lastPass, MIDDLE_ENTRY, middlePass, NUMBER } from './kernel-passes.ts'
import { intoPlanes, type Planes, planesOf, untanglePass } from './kernel-real.ts'
import { binBytes, decibelPass, finishing, type Scale } from './kernel-scales.ts'
import { FUSED, FunctionCode, int, type MultiplyAdd, moduleBytes, SEPARATE } from './wasm.ts'

export interface KernelOptions {
  /** Complex numbers that are transformed: a power of two, at least 16. */
  readonly size: number
  readonly scale: Scale
  /** The negative frequencies come first, and bin 0 is in the middle. */
  readonly shift: boolean
  /** Multiply and add are one instruction (relaxed SIMD). */
  readonly fused: boolean
  /** The memory is shared between threads. */
  readonly shared: boolean
  readonly layout: Layout
}

/** Where the kernel keeps what, after a base that it is given: each thread has one of its own. */
export interface Layout {
  /** Four sums of powers (of the scale `db`): not finite where a power was not. */
  readonly sums: number
  /** Two weights a sample: of its real and of its imaginary part. */
  readonly window: number
  /** The rotations of each pass but the last. */
  readonly tables: readonly number[]
  /** Two rooms for `size` numbers. */
  readonly work: readonly [number, number]
  /** Of real samples, two of which are a number. */
  readonly planes: Planes | undefined
  /** How many bytes it is. */
  readonly end: number
}

/** How long groups are in the passes between the first and the last: 4, 16 … */
export function middleStrides(size: number): readonly number[] {
  const strides: number[] = []
  for (let stride = 4; size / stride > 4; stride *= 4) strides.push(stride)
  return strides
}

/** For a base that is a multiple of 64. */
export function layoutOf(size: number, { real = false } = {}): Layout {
  let end = 0
  const take = (bytes: number) => {
    const at = end
    end += Math.ceil(bytes / 64) * 64
    return at
  }
  const sums = take(16)
  const window = take(size * NUMBER)
  const middle = middleStrides(size).map(stride => (size / stride / 4) * MIDDLE_ENTRY)
  const tables = [(size / 4) * FIRST_ENTRY, ...middle].map(take)
  const work = [take(size * NUMBER), take(size * NUMBER)] as const
  const planes = real ? planesOf(size, take) : undefined
  return { sums, window, tables, work, planes, end }
}

/** Exports `run(base, input, output, hop, count)`: addresses, bytes from block to block, how many blocks (at least one). */
export function kernelCode(options: KernelOptions): Uint8Array<ArrayBuffer> {
  const { size, scale, fused, shared, layout } = options
  const arithmetic = fused ? FUSED : SEPARATE
  const { planes, sums } = layout
  const bytes = binBytes(scale)
  const rowBytes = (planes ? size + 1 : size) * bytes
  const finish = finishing(scale, arithmetic)
  const intoRow = { binBytes: bytes, finish }
  const calls: Call[] = inner(options, arithmetic).map(pass => ({ pass }))
  if (planes) {
    const last = outer(options, arithmetic, { binBytes: NUMBER / 2, finish: intoPlanes(planes) })
    calls.push(
      { pass: last, to: planes.re },
      { pass: untanglePass({ half: size, planes, arithmetic, ...intoRow }), to: 'row' },
    )
  } else calls.push({ pass: outer(options, arithmetic, intoRow), to: 'row' })
  if (scale === 'db') calls.push({ pass: decibelPass(rowBytes, sums, arithmetic), to: 'row' })
  const named = calls.map(({ pass }, index) => [`pass${index}`, pass] as const)
  return moduleBytes({ functions: [...named, ['run', driver(calls, rowBytes)]], shared })
}

/** A pass, and the address that it is given beside the base: that of the block's row, or one after the base. */
interface Call {
  readonly pass: FunctionCode
  readonly to?: 'row' | number
}

/** All passes but the last. The numbers go to and fro between the two rooms. */
function inner({ size, layout: { window, tables, work } }: KernelOptions, arithmetic: MultiplyAdd): FunctionCode[] {
  const [even, odd] = work
  const first = firstPass({ size, arithmetic, window, source: 0, target: even, table: tables[0] ?? 0 })
  const middle = middleStrides(size).map((stride, index) => {
    const rooms = index % 2 === 0 ? { source: even, target: odd } : { source: odd, target: even }
    return middlePass({ size, arithmetic, stride, table: tables[index + 1] ?? 0, ...rooms })
  })
  return [first, ...middle]
}

function outer(
  { size, shift, layout: { work, planes } }: KernelOptions,
  arithmetic: MultiplyAdd,
  output: Pick<LastPass, 'binBytes' | 'finish'>,
): FunctionCode {
  return lastPass({
    size,
    arithmetic,
    shift: shift && !planes,
    radix: Math.log2(size) % 2 === 0 ? 4 : 2,
    source: work[middleStrides(size).length % 2 === 0 ? 0 : 1],
    ...output,
  })
}

/** Takes the blocks through the passes, one after the other, so that each stays in the nearest cache. */
function driver(calls: readonly Call[], rowBytes: number): FunctionCode {
  const f = new FunctionCode(5)
  const base = f.parameter(0)
  const [input, output, hop, count] = [f.parameter(1), f.parameter(2), f.parameter(3), f.parameter(4)]
  f.loop(() => {
    for (const [index, { to }] of calls.entries()) {
      if (index === 0) f.call(index, base.get, input.get)
      else if (to === undefined) f.call(index, base.get)
      else f.call(index, base.get, to === 'row' ? output.get : int.add(base.get, int.value(to)))
    }
    f.set(input, int.add(input.get, hop.get))
    f.advance(output, rowBytes)
    f.advance(count, -1)
    return count.get
  })
  return f
}
