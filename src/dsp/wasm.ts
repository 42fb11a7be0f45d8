// A small assembler for WebAssembly with 128-bit vectors: expressions, functions with loops, a module's bytes.
//
// The format is that of the WebAssembly Core Specification 2.0 with the relaxed-SIMD proposal: an opcode is a byte, that of a
// vector operation 0xfd and a number; numbers are LEB128. An expression leaves one value on the stack, so the code of an
// operation is that of its operands, one after the other, and its opcode.

/** Bytes of code that leave one value: a 32-bit integer (an address, a count) or a vector. */
export type Code = readonly number[]

const I32 = 0x7f
const V128 = 0x7b

/** Unsigned LEB128. */
export function unsigned(value: number): readonly number[] {
  if (value < 0x80) return [value]
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  return [...bytes, rest]
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): readonly number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest & 0x7f]
}

const NOTHING: Code = []

/** At a start nothing is hot yet: this takes half of the time of a loop over the bytes, or of spreading them. */
function code(...parts: readonly (number | Code)[]): Code {
  return NOTHING.concat(...parts)
}

/** Operations of 32-bit integers. */
export const int = {
  value: (value: number) => code(0x41, signed(value)),
  add: (a: Code, b: Code) => code(a, b, 0x6a),
  subtract: (a: Code, b: Code) => code(a, b, 0x6b),
  isBelow: (a: Code, b: Code) => code(a, b, 0x49),
}

function vectorOperation(opcode: number, ...operands: readonly Code[]): Code {
  return code(...operands, 0xfd, unsigned(opcode))
}

/** Operations of vectors of four float32 (`add`, …) and of the same bits as int32 (`addBits`, …). */
export const vector = {
  /** Four numbers from an address that is a multiple of 4, and a constant offset. */
  load: (address: Code, offset: number) => code(address, 0xfd, 0x00, 2, unsigned(offset)),
  /** One number, four times. */
  loadOne: (address: Code, offset: number) => code(address, 0xfd, 0x09, 2, unsigned(offset)),
  value: (...numbers: readonly number[]) => code(0xfd, 0x0c, fourLanes(numbers)),
  add: (a: Code, b: Code) => vectorOperation(0xe4, a, b),
  subtract: (a: Code, b: Code) => vectorOperation(0xe5, a, b),
  multiply: (a: Code, b: Code) => vectorOperation(0xe6, a, b),
  squareRoot: (a: Code) => vectorOperation(0xe3, a),
  and: (a: Code, b: Code) => vectorOperation(0x4e, a, b),
  or: (a: Code, b: Code) => vectorOperation(0x50, a, b),
  subtractBits: (a: Code, b: Code) => vectorOperation(0xb1, a, b),
  /** int32 to float32. */
  toFloat: (a: Code) => vectorOperation(0xfa, a),
  /** Lanes 0 … 3 are those of `a`, 4 … 7 those of `b`. */
  pick: (a: Code, b: Code, lanes: readonly number[]) => code(a, b, 0xfd, 0x0d, lanes.flatMap(bytesOfLane)),
}

/** a × b + c and c - a × b, rounded once or twice. */
export interface MultiplyAdd {
  add(a: Code, b: Code, c: Code): Code
  subtract(a: Code, b: Code, c: Code): Code
}

/** Instructions of the relaxed-SIMD proposal, where the machine has them. */
export const FUSED: MultiplyAdd = {
  add: (a, b, c) => vectorOperation(0x105, a, b, c),
  subtract: (a, b, c) => vectorOperation(0x106, a, b, c),
}

export const SEPARATE: MultiplyAdd = {
  add: (a, b, c) => vector.add(vector.multiply(a, b), c),
  subtract: (a, b, c) => vector.subtract(c, vector.multiply(a, b)),
}

function bytesOfLane(lane: number): readonly number[] {
  return [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]
}

/** One number for all four lanes, or one for each. */
function fourLanes(numbers: readonly number[]): readonly number[] {
  const [first = 0] = numbers
  const lanes = numbers.length === 4 ? numbers : [first, first, first, first]
  return [...new Uint8Array(Float32Array.from(lanes).buffer)]
}

/** The number whose float32 bits these are: for masks. */
export function ofBits(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0] ?? 0
}

/** A variable of a function. */
export class Local {
  readonly index: number
  readonly get: Code
  constructor(index: number) {
    this.index = index
    this.get = code(0x20, unsigned(index))
  }
}

/** The code of one function: its parameters are integers, it returns nothing. */
export class FunctionCode {
  readonly parameters: number
  readonly #types: number[] = []
  readonly #code: number[] = []

  constructor(parameters: number) {
    this.parameters = parameters
  }

  parameter(index: number): Local {
    return new Local(index)
  }

  /** A new integer variable. */
  int(value: Code): Local {
    return this.#local(I32, value)
  }

  /** A new vector variable. */
  vector(value: Code): Local {
    return this.#local(V128, value)
  }

  /** Evaluates once: the value as often as wanted. */
  keep(value: Code): Code {
    return this.vector(value).get
  }

  set(local: Local, value: Code): void {
    this.#write(value, 0x21, unsigned(local.index))
  }

  /** Moves an address or a count on. */
  advance(local: Local, by: number): void {
    this.set(local, int.add(local.get, int.value(by)))
  }

  store(address: Code, offset: number, value: Code): void {
    this.#write(address, value, 0xfd, 0x0b, 2, unsigned(offset))
  }

  call(index: number, ...parameters: readonly Code[]): void {
    this.#write(...parameters, 0x10, unsigned(index))
  }

  /** Runs the body once, and again as long as the condition holds. */
  loop(body: () => Code): void {
    this.#write(0x03, 0x40)
    this.#write(body(), 0x0d, 0, 0x0b)
  }

  /** As it stands in a module: the length, the variables' types, the code. */
  get bytes(): Uint8Array {
    const types = this.#types.flatMap(type => [1, type])
    return withLength(joined([unsigned(this.#types.length), types, this.#code, [0x0b]]))
  }

  #local(type: number, value: Code): Local {
    const local = new Local(this.parameters + this.#types.push(type) - 1)
    this.set(local, value)
    return local
  }

  #write(...parts: readonly (number | Code)[]): void {
    this.#code.push(...code(...parts))
  }
}

export interface ModuleParts {
  /** Each is exported under its name and called by its place. */
  readonly functions: readonly (readonly [name: string, code: FunctionCode])[]
  /** The memory is imported as `env.memory`. */
  readonly shared: boolean
}

/** Of 64 KiB: what the format allows; a memory may be smaller. */
const MOST_PAGES = 65536

export function moduleBytes({ functions, shared }: ModuleParts): Uint8Array<ArrayBuffer> {
  const types = functions.map(([, { parameters }]) => [0x60, parameters, ...new Array(parameters).fill(I32), 0])
  const limits = shared ? [3, 0, ...unsigned(MOST_PAGES)] : [0, 0]
  const memory = joined([name('env'), name('memory'), [2], limits])
  return joined([
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, types),
    section(2, [memory]),
    section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    section(
      7,
      functions.map(([text], index) => joined([name(text), [0], unsigned(index)])),
    ),
    section(
      10,
      functions.map(([, { bytes }]) => bytes),
    ),
  ])
}

type Bytes = Uint8Array | readonly number[]

/** A list of items is their number, then each. */
function section(id: number, items: readonly Bytes[]): Bytes {
  return joined([[id], withLength(joined([unsigned(items.length), ...items]))])
}

function name(text: string): Bytes {
  return withLength(new TextEncoder().encode(text))
}

function withLength(bytes: Bytes): Uint8Array {
  return joined([unsigned(bytes.length), bytes])
}

function joined(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
