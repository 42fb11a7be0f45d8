// Our own broker does what every bus has to do.

import t from 'tap'
import { serve } from '../support/bus.ts'
import { freePort } from '../support/port.ts'
import { conformance } from './conformance.ts'

t.test('does what a bus does', async t => {
  const url = `tcp://127.0.0.1:${await freePort()}`
  await serve(t, { listen: [url] })
  await conformance(t, {
    url,
    at: port => `tcp://127.0.0.1:${port}`,
    cannot: () => false,
    can: { block: true, window: true, groupWindow: true, retain: true, return: true, keep: false, mark: false },
  })
})
