// Raw bytes: samples without any structure around them.

import { UsageError } from '../errors.ts'
import { type Batch, type Packet, packet } from '../packet.ts'
import type { Decoder } from '../stream/step.ts'
import { type Codec, type DecodeOptions, MAX_PACKET } from './codec.ts'
import { DTYPE_NAMES, dtypeNamed } from './dtype.ts'
import { asBuffer, Gather } from './gather.ts'

const CHUNK = 65536
const NOTHING: Batch = []

export const raw: Codec = {
  name: 'raw',
  summary: 'bytes without structure: samples of one dtype',
  example: '--from raw --dtype cf32_le --chunk 64KiB',
  endings: ['.raw', '.bin', '.iq'],
  decoder: options => rawDecoder(options),
  encoder: () => ({ push: batch => batch.map(({ data }) => data).filter(({ length }) => length > 0) }),
}

/**
 * Cuts bytes into packets of `chunk` bytes, rounded down to whole elements; the last one may be shorter. `shape` counts
 * elements. With a `shape` every packet has it. Bytes at the end that are no whole element, or shape, are rejected.
 */
function rawDecoder(options: DecodeOptions): Decoder {
  const { source, reject, dtype = 'uint8', shape, sampleRate } = options
  const { element, size } = sizesOf(options)
  const unit = shape ? size : element
  const asTheyCome = options.asTheyCome === true && !shape && options.chunk === undefined
  const held = new Gather()
  let seq = 0
  let offset = 0

  function cut(data: Buffer): Packet {
    offset += data.length
    const meta = {
      dtype,
      shape: shape ?? [data.length / element],
      ...(sampleRate !== undefined && { sample_rate: sampleRate }),
      seq: seq++,
    }
    return packet(meta, data)
  }

  return {
    push(input) {
      const bytes = asBuffer(input)
      if (asTheyCome) {
        held.add(bytes)
        const all = held.take()
        const whole = all.length - (all.length % element)
        held.add(Buffer.from(all.subarray(whole)))
        return whole > 0 ? [cut(all.subarray(0, whole))] : NOTHING
      }
      if (held.length + bytes.length < size) {
        held.add(bytes)
        return NOTHING
      }
      const packets: Packet[] = []
      let at = 0
      if (held.length > 0) {
        at = size - held.length
        held.add(bytes.subarray(0, at))
        packets.push(cut(held.take()))
      }
      for (; bytes.length - at >= size; at += size) packets.push(cut(bytes.subarray(at, at + size)))
      held.add(bytes.subarray(at))
      return packets
    },
    end() {
      const rest = held.take()
      const whole = rest.length - (rest.length % unit)
      const packets = whole > 0 ? [cut(rest.subarray(0, whole))] : NOTHING
      if (whole < rest.length) {
        const what = shape ? `a shape of ${size} bytes` : `an element of ${element} bytes`
        const detail = `the input ends within ${what} (${dtype})`
        reject({ place: { source, offset }, reason: 'truncated', detail, bytes: rest.subarray(whole) })
      }
      return packets
    },
  }
}

/** Bytes of an element and of a packet. */
function sizesOf({ dtype = 'uint8', chunk, shape, maxPacket = MAX_PACKET }: DecodeOptions) {
  const element = dtypeNamed(dtype)?.size
  if (element === undefined) throw new UsageError(`unknown dtype '${dtype}': expected ${DTYPE_NAMES.join(', ')}`)
  if (shape && chunk !== undefined) throw new UsageError('a chunk and a shape: expected one of them')
  const bytes = shape?.reduce((product, side) => product * side, element) ?? chunk ?? CHUNK
  const size = bytes - (bytes % element)
  if (size <= 0 && shape) throw new UsageError(`a shape of ${shape.join(', ')} holds nothing: expected at least 1`)
  if (size <= 0) throw new UsageError(`a chunk of ${bytes} bytes holds no ${dtype}: expected at least ${element}`)
  if (size > maxPacket) throw new UsageError(`a chunk of ${bytes} bytes: expected at most ${maxPacket}`)
  return { element, size }
}
