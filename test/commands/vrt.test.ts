// vrt at the process boundary: instruments that are stopped whatever ends the reading, sockets, formats.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packet } from '../../src/packet.ts'
import { finish, type Started, start } from '../support/process.ts'
import { bytesOfHex, encode, STAMP } from '../support/vrt.ts'

const IQ = `14600008 90000003 ${STAMP} 0018fffe 1fffe000 60060000`

/** A simulated instrument as a process of its own, and the options by which it is reached. */
async function simulator(t: Test, options = ''): Promise<{ readonly process: Started; readonly device: string }> {
  const process = start(t, `exec vrt --simulate=127.0.0.1:0:0 -v ${options}`)
  let said = ''
  process.child.stderr.on('data', (text: string) => {
    said += text
  })
  await process.said(/listening on vrt:\S+:\d+\n/)
  const port = (scheme: string) => new RegExp(`${scheme}://127\\.0\\.0\\.1:(\\d+)`).exec(said)?.[1]
  return { process, device: `--device 127.0.0.1:${port('scpi')} --data-port ${port('vrt')}` }
}

/** Asks until the instrument streams no more. */
async function untilStopped(t: Test, device: string): Promise<void> {
  for (;;) {
    const { stdout } = await finish(t, `vrt ${device} --scpi ':TRACE:STREAM:STATUS?' --to ndjson`)
    if (stdout.includes('STOPPED')) return
  }
}

t.test('a signal ends the stream well, and stops the instrument', async t => {
  const { device } = await simulator(t)
  const reading = start(t, `exec vrt ${device} --decimation 64 --only samples --to ndjson`)
  await reading.printed('"seq":3')
  reading.child.kill('SIGINT')
  const { code, stdout } = await reading.ended
  t.equal(code, 0)
  t.ok(stdout.endsWith('\n'))
  await untilStopped(t, device)
})

t.test('a reader that has enough stops the instrument, too', async t => {
  const { device } = await simulator(t)
  const { stdout } = await finish(t, `vrt ${device} --decimation 64 --only samples --to raw | head -c 100000 | wc -c`)
  t.equal(stdout.trim(), '100000')
  await untilStopped(t, device)
})

t.test('a reader that is killed is missed by the instrument', async t => {
  const { process, device } = await simulator(t)
  const reading = start(t, `exec vrt ${device} --decimation 64 --to ndjson`)
  await reading.printed('"seq":3')
  reading.child.kill('SIGKILL')
  await process.said('the last reader has left: the stream ends')
  await untilStopped(t, device)
})

t.test('an instrument that goes away is an error of the carrier', async t => {
  const { process, device } = await simulator(t)
  const reading = start(t, `exec vrt ${device} --decimation 64 --to ndjson`)
  await reading.printed('"seq":3')
  process.child.kill('SIGKILL')
  const { code, stderr } = await reading.ended
  t.equal(code, 1)
  t.match(stderr, /^vrt: vrt:\/\/127\.0\.0\.1:\d+: (the instrument ended the connection|connection reset by peer)\n/)
})

t.test('a tone set over SCPI is heard while the stream goes on, and a change of frequency is told', async t => {
  const { device } = await simulator(t, '--noise none')
  const reading = start(t, `exec vrt ${device} --decimation 64 --samples 1024 --frequency 1G --to ndjson`)
  await reading.printed('"center_frequency":1000000000')
  await finish(t, `vrt ${device} --frequency 1.0001G --identify`)
  await reading.printed(/"context":\{"changed":true,"reference_point":"0x00000001","rf_frequency":1000100000/)
  await reading.printed('"center_frequency":1000100000')
  reading.child.kill('SIGTERM')
  t.equal((await reading.ended).code, 0)
})

t.test('the simulator ends by a signal, and by its limits', async t => {
  const { process } = await simulator(t)
  process.child.kill('SIGTERM')
  t.equal((await process.ended).code, 0)
  t.equal((await finish(t, 'vrt --simulate=127.0.0.1:0:0 --duration 200ms')).code, 0)
  t.equal((await finish(t, 'vrt --simulate=127.0.0.1:0:0 --timeout 200ms')).code, 124)
})

t.test('an address that is not loopback is refused', async t => {
  const { code, stderr } = await finish(t, 'vrt --simulate=0.0.0.0:0:0')
  t.equal(code, 2)
  t.match(stderr, /anybody who reaches 0\.0\.0\.0 could connect/)
})

t.test('--count counts what is passed on', async t => {
  const { device } = await simulator(t)
  const { stdout } = await finish(t, `vrt ${device} --decimation 64 --only samples -n 3 --to ndjson`)
  t.equal(stdout.trim().split('\n').length, 3)
})

t.test('VRT over TCP, from whoever sends it', async t => {
  const server = createServer(socket => socket.end(bytesOfHex(IQ, IQ.replace('1460', '1461'))))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const { code, stdout } = await finish(t, `vrt tcp://127.0.0.1:${port} --only samples --to ndjson`)
  t.equal(code, 0)
  t.equal(stdout.split('\n').length, 3)
})

t.test('frames, lines and VRT are told by their first byte', async t => {
  const folder = t.testdir({})
  writeFileSync(join(folder, 'x'), bytesOfHex(IQ))
  const line = 'for f in frame ndjson vrt; do vrt x --to $f | vrt --only samples --to raw | od -An -tx1; done'
  const { code, stdout } = await finish(t, line, '', { folder })
  t.equal(code, 0)
  t.equal(stdout, ' 00 18 ff fe 1f ff e0 00\n'.repeat(3))
})

t.test('what is written where nothing is said: frames, which hold the context, too', async t => {
  const { stdout } = await finish(t, `vrt | repack --to ndjson | repack --pick dtype,context`, '', {})
  t.equal(stdout, '')
  const folder = t.testdir({})
  writeFileSync(join(folder, 'x'), encode([packet({ dtype: 'int16', center_frequency: 1e8 }, new Uint8Array(4))]))
  const { stdout: frames } = await finish(t, 'vrt x | head -c 4 | od -An -tx1', '', { folder })
  t.equal(frames, ' f7 44 41 51\n')
})
