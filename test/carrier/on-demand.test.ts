// Inputs with on-demand: connected while the outputs want what they give, refused where that cannot be.

import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { JointDemand } from '../../src/stream/demand.ts'
import { run } from '../../src/stream/run.ts'
import { collect, seqs, surroundings, until } from '../support/carrier.ts'
import { freePort } from '../support/port.ts'

/** What is sent, from an output that listens to an input on demand, and on to another output that listens. */
for (const scheme of ['tcp', 'http', 'zmq+sub'])
  t.test(`${scheme}: connected while there is a reader, and again for the next`, async t => {
    const [near, far] = [await freePort(), await freePort()]
    const writer = scheme === 'zmq+sub' ? 'zmq+pub' : scheme
    const [path, listen] = scheme === 'http' ? ['/x', '?listen'] : ['', '?listen']
    const first = surroundings()
    const sink = await first.sink(`${writer}://127.0.0.1:${near}${path}${listen}`)
    const middle = surroundings()
    const demand = new JointDemand()
    Object.assign(middle.context, { demand })
    const onward = await middle.sink(`tcp://127.0.0.1:${far}?listen`)
    const running = run(middle.source(`${scheme}://127.0.0.1:${near}${path}?on-demand`), [], onward)
    t.equal(sink.demand?.wanted, false, 'nobody reads')
    for (const seq of [1, 2]) {
      const last = surroundings()
      const reading = collect(last.source(`tcp://127.0.0.1:${far}`), ({ meta }) => {
        if (meta['seq'] === seq) last.stop.abort('enough')
      })
      await until(() => sink.demand?.wanted === true)
      while (!last.stop.signal.aborted) {
        await sink.write([packet({ seq })])
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      t.ok(seqs(await reading).includes(seq))
      await until(() => sink.demand?.wanted === false)
    }
    middle.stop.abort('SIGTERM')
    await running
    await Promise.all([sink.abort?.(), onward.abort?.()])
  })

t.test('stdin, files and listeners cannot be left and come back to', async t => {
  for (const endpoint of ['-?on-demand', 'log.ndjson?on-demand', 'null:?on-demand']) {
    t.throws(() => surroundings().source(endpoint), UsageError, endpoint)
    t.throws(
      () => surroundings().source(endpoint),
      /on-demand is for tcp:, unix:, http:, https:, zmq\+sub:, zmq\+pull:, bus:/,
    )
  }
  t.throws(() => surroundings().source('tcp://127.0.0.1:0?listen&on-demand'), /not for one that listens/)
})
