// SigMF recordings as packets: each of one capture, with what holds for its samples.

import { createHash, type Hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Capture, captureFields, type Recording, readRecording, timeOf } from '../codec/sigmf/recording.ts'
import { DataError, UsageError } from '../errors.ts'
import { type Batch, gapPacket, type JsonObject, type Packet, packet } from '../packet.ts'
import type { CarrierContext } from './carrier.ts'
import { inWords } from './failure.ts'
import { type Archived, archivedRecordings } from './sigmf-archive.ts'

export interface SigmfSourceOptions {
  readonly samples: number | undefined
  /** Whether the dataset's hash has to be that of the metadata. */
  readonly check: boolean
}

/** Bytes of a packet, where nobody asks for another length. */
const LENGTH = 65536

export async function* sigmfSource(
  path: string,
  context: CarrierContext,
  options: SigmfSourceOptions,
): AsyncGenerator<Batch> {
  if (path === '') throw new UsageError('sigmf: expected a path')
  if (options.samples === 0) throw new UsageError('sigmf: samples=0: expected 1 or more')
  if (path.endsWith('.sigmf')) {
    for (const archived of archivedRecordings(path)) yield* packetsOf(archived, context, options)
    return
  }
  yield* packetsOf(separate(path), context, options)
}

/** A recording in two files: either of them names it, or what they have in common. */
function separate(path: string): Archived {
  const base = path.replace(/\.sigmf-(?:meta|data)$/, '')
  const source = `${base}.sigmf-meta`
  const text = inWords(source, () => readFileSync(source, 'utf8'))
  const recording = readRecording(text, source)
  const { dataset } = recording
  return {
    recording,
    file: dataset === undefined ? `${base}.sigmf-data` : join(dirname(base), dataset),
    start: 0,
    length: undefined,
  }
}

async function* packetsOf(
  archived: Archived,
  context: CarrierContext,
  { samples, check }: SigmfSourceOptions,
): AsyncGenerator<Batch> {
  const { recording, file } = archived
  const count = context.ledger.stage('input')
  const descriptor = inWords(file, () => openSync(file, 'r'))
  const { sha512 } = recording
  const hash = check && sha512 !== undefined ? createHash('sha512') : undefined
  try {
    const reader = new DatasetReader(descriptor, archived, hash)
    for (const one of reader.packets(samples ?? Math.max(1, Math.floor(LENGTH / recording.sampleSize)))) {
      if (context.stop.aborted) return
      count.in++
      count.bytes += one.data.length
      yield [one]
    }
    if (reader.rest > 0) {
      count.reject('truncated')
      context.warn(
        `${file}: rejected: truncated: ${reader.rest} bytes at the end are no sample of ${recording.datatype}`,
      )
    } else if (reader.missing > 0) {
      count.reject('truncated')
      context.warn(
        `${file}: rejected: truncated: ends ${reader.missing} samples before the last capture of ${recording.source} begins`,
      )
    }
    if (hash && hash.digest('hex') !== sha512) throw new DataError({ source: file }, 'core:sha512 is another hash')
  } finally {
    closeSync(descriptor)
  }
}

/** Reads a dataset from its beginning to its end, once. */
class DatasetReader {
  readonly #descriptor: number
  readonly #archived: Archived
  readonly #hash: Hash | undefined
  readonly #length: number
  #position = 0
  #seq = 0
  /** Bytes that are left over at the end. */
  rest = 0
  /** Samples before the last capture that are not there. */
  missing = 0

  constructor(descriptor: number, archived: Archived, hash: Hash | undefined) {
    const { recording, start, length } = archived
    this.#descriptor = descriptor
    this.#archived = archived
    this.#hash = hash
    this.#length = (length ?? fstatSync(descriptor).size - start) - recording.trailingBytes
  }

  *packets(most: number): Generator<Packet> {
    const { recording } = this.#archived
    const { captures } = recording
    for (const [index, capture] of captures.entries()) {
      this.#read(capture.headerBytes)
      const next = captures[index + 1]?.start ?? Number.POSITIVE_INFINITY
      const missing = missingBefore(recording, index)
      if (missing > 0) yield missingSamples(recording, missing)
      yield* this.#capture(capture, next - capture.start, most)
    }
    this.#read(Math.max(0, this.#length - this.#position) + recording.trailingBytes)
  }

  *#capture(capture: Capture, samples: number, most: number): Generator<Packet> {
    const { recording } = this.#archived
    const { sampleSize, channels, sampleRate } = recording
    const fields = captureFields(recording, capture)
    for (let done = 0; done < samples; ) {
      const left = Math.floor((this.#length - this.#position) / sampleSize)
      const number = Math.min(most, samples - done, left)
      if (number <= 0) {
        this.rest = Math.max(0, this.#length - this.#position)
        if (samples !== Number.POSITIVE_INFINITY) this.missing += samples - done
        return
      }
      const data = this.#read(number * sampleSize)
      const annotations = annotationsOf(recording, capture.start + done, number)
      const first = this.#seq === 0 ? { sigmf: recording.fields } : {}
      const shape = channels > 1 ? [number, channels] : [number]
      const meta = { ...timeOf(capture, done, sampleRate), seq: this.#seq++, ...fields, shape, ...first }
      yield packet(annotations.length > 0 ? { ...meta, annotations } : meta, data)
      done += number
    }
  }

  #read(bytes: number): Buffer {
    const { file, start } = this.#archived
    const data = Buffer.allocUnsafeSlow(bytes)
    let read = 0
    while (read < bytes) {
      const got = inWords(file, () =>
        readSync(this.#descriptor, data, read, bytes - read, start + this.#position + read),
      )
      if (got === 0) break
      read += got
    }
    this.#position += read
    this.#hash?.update(data.subarray(0, read))
    return data.subarray(0, read)
  }
}

/** Those that begin in these samples, counted from the first of them. */
function annotationsOf({ annotations }: Recording, first: number, samples: number): readonly JsonObject[] {
  return annotations
    .filter(({ start }) => start >= first && start < first + samples)
    .map(({ start, fields }) => ({ ...fields, 'core:sample_start': start - first }))
}

/** Samples that were lost before a capture, as its global index tells. */
function missingBefore({ captures }: Recording, index: number): number {
  const [before, capture] = [captures[index - 1], captures[index]]
  if (!before || !capture) return 0
  const global = ({ fields, start }: Capture) => {
    const value = fields['core:global_index']
    return typeof value === 'number' ? value : start
  }
  return global(capture) - global(before) - (capture.start - before.start)
}

function missingSamples({ source }: Recording, samples: number): Packet {
  const { meta } = gapPacket({ lost: 1, reason: 'samples missing', stage: source })
  return packet({ ...meta, samples })
}
