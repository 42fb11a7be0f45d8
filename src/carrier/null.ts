// The endpoint that discards everything and yields nothing.

import type { Carrier, Channel } from './carrier.ts'

export const nothing: Carrier = {
  scheme: 'null',
  summary: 'discards everything; as an input, ends at once',
  example: 'null:',
  single: () => true,
  params: [],
  async *channels(): AsyncGenerator<Channel> {},
  async outlet() {
    return { write() {}, takesAtOnce: true, async close() {} }
  },
}
