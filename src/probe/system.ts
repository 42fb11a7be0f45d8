// system: what the machine says about itself.

import { UsageError } from '../errors.ts'
import type { ProbeKind, ProbeSpec, Reading } from './probe.ts'

interface Quantity {
  readonly what: string
  readonly name: string
  readonly unit?: string
  readonly read: () => Promise<Reading>
}

/** The library is large and asks the machine at once, so it is loaded when the first value is wanted. */
const library = () => import('systeminformation')

const QUANTITIES: readonly Quantity[] = [
  {
    what: 'cpu',
    name: 'CPU',
    unit: '%',
    read: async () => ({ value: hundredths((await (await library()).currentLoad()).currentLoad) }),
  },
  {
    what: 'load',
    name: 'Load',
    read: async () => ({ value: hundredths((await import('node:os')).loadavg()[0] ?? 0) }),
  },
  {
    what: 'memory',
    name: 'Memory',
    unit: 'B',
    read: async () => ({ value: (await (await library()).mem()).available }),
  },
  {
    what: 'temperature',
    name: 'Temperature',
    unit: '°C',
    // Many machines, and nearly all virtual ones, cannot say: null then.
    read: async () => ({ value: (await (await library()).cpuTemperature()).main }),
  },
  {
    what: 'network',
    name: 'Network',
    unit: 'B/s',
    read: async () => {
      const interfaces = await (await library()).networkStats('*')
      // The first answer has nothing to compare with and says null.
      const received = Math.round(interfaces.reduce((sum, { rx_sec }) => sum + (rx_sec ?? 0), 0))
      const sent = Math.round(interfaces.reduce((sum, { tx_sec }) => sum + (tx_sec ?? 0), 0))
      return { value: received + sent, fields: { received, sent } }
    },
  },
]

const INTERVAL = 1000

export const system: ProbeKind = {
  name: 'system',
  summary: `the real machine: ${QUANTITIES.map(({ what }) => what).join(', ')}; one sensor each if none is named`,
  example: 'system?what=cpu',
  params: [
    {
      name: 'what',
      argument: 'QUANTITY',
      summary: 'cpu (%), load, memory (available), temperature or network (bytes/s)',
    },
  ],
  parts: spec =>
    spec.params.has('what') ? [] : QUANTITIES.map(({ what, name }) => ({ name, text: `system?what=${what}` })),
  unit: spec => quantityOf(spec).unit,
  interval: () => INTERVAL,
  make(spec) {
    const { read } = quantityOf(spec)
    return { read }
  },
}

function quantityOf(spec: ProbeSpec): Quantity {
  const what = spec.params.get('what') ?? 'cpu'
  const quantity = QUANTITIES.find(quantity => quantity.what === what)
  if (!quantity) {
    const known = QUANTITIES.map(({ what }) => what).join(', ')
    throw new UsageError(`probe ${spec.text}: unknown quantity '${what}' (known: ${known})`)
  }
  return quantity
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}
