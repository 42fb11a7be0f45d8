// The classes of Valkyrie: what each is called, who listens and who connects.

import { UsageError } from '../errors.ts'

/** A packet's two ends. */
export type Role = 'writer' | 'reader'

export interface ValkyrieClass {
  readonly name: 'zmq_pubsub' | 'zmq_pushpull' | 'zmq_pullpush' | 'file' | 'dummy'
  readonly summary: string
  /** Of a class that goes over ZeroMQ's wire: the carrier of each end, and which end listens. */
  readonly wire?: { readonly writer: string; readonly reader: string; readonly listens: Role }
}

export const CLASSES: readonly ValkyrieClass[] = [
  {
    name: 'zmq_pubsub',
    summary: 'one writer, many readers, each gets every packet it has time for; the writer listens',
    wire: { writer: 'zmq+pub', reader: 'zmq+sub', listens: 'writer' },
  },
  {
    name: 'zmq_pushpull',
    summary: 'one writer, many readers in turn, each packet goes to one of them; the writer listens',
    wire: { writer: 'zmq+push', reader: 'zmq+pull', listens: 'writer' },
  },
  {
    name: 'zmq_pullpush',
    summary: 'many writers, one reader that gathers what they write; the reader listens',
    wire: { writer: 'zmq+push', reader: 'zmq+pull', listens: 'reader' },
  },
  { name: 'file', summary: 'a pair of files NAME.json and NAME.data for each packet, or one file of frames' },
  { name: 'dummy', summary: 'discards what is written; what is read from it ends at once' },
]

/** The first Valkyrie wrote its names with a prefix, its manual with another. */
const PREFIX = /^dls_?::valkyrie::/

/** A class by its name: `zmq_pubsub`, `dls::valkyrie::zmq_pubsub` or `dls_::valkyrie::zmq_pubsub`. */
export function classNamed(text: string): ValkyrieClass {
  const name = text.replace(PREFIX, '')
  const found = CLASSES.find(known => known.name === name)
  if (found) return found
  const known = CLASSES.map(({ name }) => name).join(', ')
  throw new UsageError(`unknown class_name '${text}': expected ${known}, alone or after dls::valkyrie::`)
}
