// Node's streams joined to the algebra: stages as Transforms, sources as Readables, sinks as Writables.

import { Readable, type Transform, Writable } from 'node:stream'
import ndjson from 'ndjson'
import { objectTransform } from 'through2'
import { type Batch, type JsonObject, type Packet, packet } from '../packet.ts'
import type { Sink, Source, Stage } from './step.ts'

type Done = (error?: Error | null, item?: unknown) => void

/** A stage as an object-mode Transform: packets in, packets out. */
export function stageTransform(stage: Stage): Transform {
  return objectTransform(
    function (this: { push(item: Packet): void }, item: Packet, _encoding: string, done: Done) {
      for (const out of stage.push([item])) this.push(out)
      done()
    },
    function (this: { push(item: Packet): void }, done: Done) {
      for (const out of stage.end?.() ?? []) this.push(out)
      done()
    },
  )
}

/** A source as an object-mode Readable of packets. Batches are acknowledged once every packet has been read. */
export function readableOf(source: Source): Readable {
  return Readable.from(packetsOf(source))
}

async function* packetsOf(source: Source): AsyncGenerator<Packet> {
  for await (const batch of source) {
    yield* batch
    batch.acknowledge?.()
  }
}

/** A sink as an object-mode Writable of packets: what was written while the sink was busy goes on as one batch. */
export function writableOf(sink: Sink): Writable {
  const settle = (work: () => void | Promise<void>, done: (error?: Error | null) => void) => {
    Promise.resolve()
      .then(work)
      .then(() => done(), done)
  }
  return new Writable({
    objectMode: true,
    write: (item: Packet, _encoding: string, done: Done) => settle(() => sink.write([item]), done),
    writev: (items: { chunk: Packet }[], done) => settle(() => sink.write(items.map(item => item.chunk)), done),
    final: done => settle(() => sink.close(), done),
  })
}

/** A source of what any object-mode stream or iterable yields: packets as they are, other objects as the meta of one. */
export async function* sourceOf(items: AsyncIterable<Packet | JsonObject>): AsyncGenerator<Batch> {
  for await (const item of items) yield [isPacket(item) ? item : packet(item)]
}

function isPacket(item: Packet | JsonObject): item is Packet {
  return 'data' in item && item['data'] instanceof Uint8Array
}

/** Newline-JSON bytes of any Node stream, parsed by the `ndjson` package; a bad line is an error of the stream. */
export function ndjsonSource(bytes: Readable): AsyncGenerator<Batch> {
  const parser = bytes.pipe(ndjson.parse({ strict: true }))
  bytes.on('error', error => parser.destroy(error))
  return sourceOf(new Readable({ objectMode: true }).wrap(parser))
}

/** Packets' metas as newline-JSON bytes, written by the `ndjson` package. */
export function ndjsonReadable(source: Source): Readable {
  return readableOf(source)
    .pipe(objectTransform((item: Packet, _encoding: string, done: Done) => done(null, item.meta)))
    .pipe(ndjson.stringify())
}
