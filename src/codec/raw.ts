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
 * elements. Bytes at the end that are no whole element are rejected.
 */
function rawDecoder({ source, reject, dtype = 'uint8', chunk = CHUNK, sampleRate, maxPacket }: DecodeOptions): Decoder {
  const type = dtypeNamed(dtype)
  if (!type) throw new UsageError(`unknown dtype '${dtype}': expected ${DTYPE_NAMES.join(', ')}`)
  const element = type.size
  const size = chunk - (chunk % element)
  if (size <= 0) throw new UsageError(`a chunk of ${chunk} bytes holds no ${dtype}: expected at least ${element}`)
  const most = maxPacket ?? MAX_PACKET
  if (size > most) throw new UsageError(`a chunk of ${chunk} bytes: expected at most ${most}`)
  const held = new Gather()
  let seq = 0
  let offset = 0

  function cut(data: Buffer): Packet {
    offset += data.length
    const meta = {
      dtype,
      shape: [data.length / element],
      ...(sampleRate !== undefined && { sample_rate: sampleRate }),
      seq: seq++,
    }
    return packet(meta, data)
  }

  return {
    push(input) {
      const bytes = asBuffer(input)
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
      const whole = rest.length - (rest.length % element)
      const packets = whole > 0 ? [cut(rest.subarray(0, whole))] : NOTHING
      if (whole < rest.length) {
        const detail = `the input ends within an element of ${element} bytes (${dtype})`
        reject({ place: { source, offset }, reason: 'truncated', detail, bytes: rest.subarray(whole) })
      }
      return packets
    },
  }
}
