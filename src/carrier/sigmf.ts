// SigMF recordings: samples in one file, what is known of them in another.

import { parseCount } from '../units.ts'
import { type Endpoint, flagParam, param } from '../url.ts'
import type { Carrier } from './carrier.ts'
import { sigmfSink } from './sigmf-sink.ts'
import { sigmfSource } from './sigmf-source.ts'

export const sigmf: Carrier = {
  scheme: 'sigmf',
  summary: 'a SigMF recording; PATH.sigmf-data and PATH.sigmf-meta, as an input also an archive, PATH.sigmf',
  example: 'sigmf:PATH',
  single: () => true,
  params: [
    { name: 'samples', argument: 'N', summary: 'input: so many samples in a packet; default: 64 KiB of them' },
    { name: 'sha512', summary: 'output: put the hash of the samples into the metadata; input: check it' },
  ],
  source: (endpoint, context) =>
    sigmfSource(endpoint.rest, context, {
      samples: param(endpoint, 'samples', parseCount),
      check: flagParam(endpoint, 'sha512'),
    }),
  sink: (endpoint, context) => sigmfSink(endpoint.rest, context, { hash: flagParam(endpoint, 'sha512') }),
}

/** The file names of recordings: a path that ends so is one. */
export function isSigmfPath({ scheme, rest }: Endpoint): boolean {
  return scheme === 'file' && /\.sigmf(?:-meta|-data)?$/.test(rest)
}
