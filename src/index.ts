// daqutils as a library: the same parts that the commands are made of.

export type { Carrier, CarrierContext, Channel, Outlet } from './carrier/carrier.ts'
export { CARRIERS } from './carrier/index.ts'
export type { Codec, DecodeOptions, EncodeOptions } from './codec/codec.ts'
export { CODECS, codecNamed } from './codec/index.ts'
export { type CalibrateContext, type Calibration, calibrateStage } from './dsp/calibrate.ts'
export { type Fft, fft, type RealFft, realFft } from './dsp/fft.ts'
export {
  channelPower,
  noiseFloor,
  type OccupiedBand,
  occupiedBand,
  type Peak,
  type PeakOptions,
  peaksOf,
} from './dsp/measure.ts'
export type { Complex } from './dsp/roots.ts'
export { type SpectrumContext, type SpectrumOptions, type SpectrumStage, spectrumStage } from './dsp/spectrum.ts'
export { coherentGain, noiseBandwidth, parseWindow, type Window, windowWeights } from './dsp/window.ts'
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
export { Ledger, type PeerReport, StageCount, type StageReport } from './stream/ledger.ts'
export { ndjsonReadable, ndjsonSource, readableOf, sourceOf, stageTransform, writableOf } from './stream/node.ts'
export type { Policy } from './stream/policy.ts'
export type { Reject, Rejecter } from './stream/reject.ts'
export { run } from './stream/run.ts'
export { SharedQueue } from './stream/shared-queue.ts'
export { chain, type Decoder, type Encoder, type Sink, type Source, type Stage, type Step } from './stream/step.ts'
export { Dataset, type Delta, type Heartbeat, type Snapshot, type Update } from './topic/dataset.ts'
export { type Applied, Replica } from './topic/replica.ts'
export { Router } from './topic/router.ts'
export type { ValkyrieConfig } from './valkyrie/config-keys.ts'
export type { Data } from './valkyrie/outgoing-packet.ts'
export {
  newReaderInterface,
  type Reader,
} from './valkyrie/reader.ts'
export type { ReaderCounts, ReaderEvents, ReadOptions as ReaderOptions } from './valkyrie/reader-contract.ts'
export { newWriterInterface, type Writer, type WriterCounts, type WriterEvents } from './valkyrie/writer.ts'
