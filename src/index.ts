// daqutils as a library: the same parts that the commands are made of.

export type { Carrier, CarrierContext, Channel, Outlet } from './carrier/carrier.ts'
export { CARRIERS } from './carrier/index.ts'
export type { Codec, DecodeOptions, EncodeOptions } from './codec/codec.ts'
export { CODECS, codecNamed } from './codec/index.ts'
export { CarrierError, DataError, type Place, ReaderGone, TimedOut, UsageError } from './errors.ts'
export { canonical } from './filter/canonical.ts'
export { first } from './filter/count.ts'
export { pick } from './filter/pick.ts'
export { where } from './filter/where.ts'
export {
  createLog,
  type LibraryOptions,
  type OpenSinkOptions,
  type OpenSourceOptions,
  openSink,
  openSource,
  openStore,
  readStore,
  type StoreOptions,
} from './library.ts'
export { type Batch, type Gap, gapOf, gapPacket, type Json, type Meta, type Packet, packet } from './packet.ts'
export { STORES } from './store/index.ts'
export type { Log } from './store/log.ts'
export { type MemoryStore, memoryStore } from './store/memory.ts'
export type { ReadOptions, Rotation, Store, SyncMode } from './store/store.ts'
export { Ledger, StageCount, type StageReport } from './stream/ledger.ts'
export { ndjsonReadable, ndjsonSource, readableOf, sourceOf, stageTransform, writableOf } from './stream/node.ts'
export type { Policy } from './stream/policy.ts'
export type { Reject, Rejecter } from './stream/reject.ts'
export { run } from './stream/run.ts'
export { chain, type Decoder, type Encoder, type Sink, type Source, type Stage, type Step } from './stream/step.ts'
