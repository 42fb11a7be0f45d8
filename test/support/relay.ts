// A process for tests of stdin and stdout: packets from the endpoint of the first word to that of the second. Says on
// stderr when it begins, when it is awake (USR1) and when it is done.

import { openSink, openSource } from '../../src/carrier/open.ts'
import { ReaderGone } from '../../src/errors.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import { run } from '../../src/stream/run.ts'

const [from = '-', to = '-'] = process.argv.slice(2)
const stop = new AbortController()
process.on('SIGINT', () => stop.abort('SIGINT'))
process.on('SIGTERM', () => stop.abort('SIGTERM'))
process.on('SIGUSR1', () => process.stderr.write('awake\n'))
const ledger = new Ledger()
const context = {
  stop: stop.signal,
  ledger,
  warn: () => {},
  onHangup: () => () => {},
  policy: 'block' as const,
  buffer: 1024,
}
const reject = () => {}
const sink = await openSink([to], { to: 'auto', context, reject })
process.stderr.write('begun\n')
try {
  await run(openSource([from], { from: 'auto', context, reject }), [], sink)
  await sink.close()
  process.stderr.write(`done ${ledger.stage('output').out}\n`)
  process.exit(0)
} catch (error) {
  process.exit(error instanceof ReaderGone ? 141 : 1)
}
