// Pipes around real processes: ends, readers that go away, stop or lag, and what nobody asked a command to read.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { finish, memory, start } from '../support/process.ts'

t.setTimeout(120_000)

t.test('a reader that has enough ends the pipe in silence, with 141', async t => {
  for (const to of ['ndjson', 'frame']) {
    const line = `yes '{"a":1}' | repack --to ${to} | head -c 8 >/dev/null; echo "\${PIPESTATUS[*]}"`
    t.match(await finish(t, line), { stdout: '141 141 0\n', stderr: '' }, to)
  }
})

t.test('what is left after the count is nobody’s loss', async t => {
  const line = `yes '{"a":12345}' | repack -n 3; echo "\${PIPESTATUS[*]}"`
  t.match(await finish(t, line), { stdout: `${'{"a":12345}\n'.repeat(3)}141 0\n`, stderr: '' })
})

t.test('the end of the input drains every process of a pipeline', async t => {
  const line = `seq -f '{"a":%.0f}' 1 100000 | repack | repack --to frame | repack --to ndjson | sha256sum`
  const expected = await finish(t, `seq -f '{"a":%.0f}' 1 100000 | sha256sum`)
  t.same(await finish(t, line), expected)
})

t.test('a record passes five processes while the input stays open', async t => {
  const { child, printed, ended } = start(t, 'repack | repack | repack | repack | repack')
  child.stdin.write('{"record":1}\n')
  await printed('{"record":1}\n')
  const began = performance.now()
  child.stdin.write('{"record":2}\n')
  await printed('{"record":2}\n')
  t.ok(performance.now() - began < 2000, 'nobody waits for a block to fill')
  child.stdin.end()
  t.match(await ended, { code: 0, stderr: '' })
})

t.test('without a terminal, as from cron, nothing waits and nothing is asked', async t => {
  t.match(await finish(t, 'setsid --wait repack </dev/null'), { code: 0, stdout: '', stderr: '' })
  const line = `printf '{"a":1}\\n' >in.ndjson; setsid --wait repack -i in.ndjson -o out.ndjson </dev/null; cat out.ndjson`
  t.match(await finish(t, line), { code: 0, stdout: '{"a":1}\n', stderr: '' })
})

t.test('a closed stdin, stdout or stderr is no crash', async t => {
  t.match(await finish(t, 'repack -i null: -o null: <&-'), { code: 0, stderr: '' })
  t.match(await finish(t, `echo '{"a":1}' | repack 2>&-`), { code: 0, stdout: '{"a":1}\n' })
  t.match(await finish(t, `echo '{"a":1}' | repack >&-`), { stdout: '', stderr: '' })
})

t.test('stdin belongs to others where an input is named', async t => {
  const line = `printf '{"a":1}\\n' >in.ndjson; { repack -i in.ndjson; cat; }`
  t.match(await finish(t, line, 'for others\n'), { code: 0, stdout: '{"a":1}\nfor others\n' })
})

t.test('a reader that stops makes the writer wait, in bounded memory and open to signals', async t => {
  const { child, said } = start(t, `exec repack < <(yes '{"a":1}')`)
  child.stdout.pause()
  const pid = child.pid ?? 0
  const read = () => Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1])
  const reading = () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('repack') && read() > 65_536
  for (let before = -1; !reading() || read() !== before; await pause(100)) before = read()
  t.ok(memory(pid, 'VmHWM') < 200e6, `${memory(pid, 'VmHWM')} bytes at most`)
  child.kill('SIGUSR1')
  await said('"stats"')
  const again = setInterval(() => child.kill('SIGTERM'), 100)
  const [code] = await once(child, 'exit')
  clearInterval(again)
  t.equal(code, 143)
})

t.test('a slow reader gets everything', async t => {
  const { child, ended } = start(t, `seq -f '{"a":%.0f}' 1 200000 | repack`)
  let last = ''
  child.stdout.on('data', async chunk => {
    last = String(chunk)
    child.stdout.pause()
    await pause(1)
    child.stdout.resume()
  })
  t.match(await ended, { code: 0, stderr: '' })
  t.match(last, /\{"a":200000\}\n$/)
})

t.test('a line of 200 MB over --max-packet is named, not held', async t => {
  const input = `exec 2>/dev/null; head -c 200000000 /dev/zero | tr '\\0' x; echo; echo '{"a":1}'; sleep 600`
  const repack = start(t, `exec repack --max-packet 1MiB < <(${input})`)
  await repack.printed('{"a":1}\n')
  await repack.said('stdin:1 (byte 0): rejected: too long')
  const most = memory(repack.child.pid ?? 0, 'VmHWM')
  t.ok(most < 200e6, `${most} bytes at most`)
  repack.child.kill('SIGTERM')
  t.match(await repack.ended, { code: 3, stdout: '{"a":1}\n' })
})

t.test('a line of 200 MB within --max-packet passes whole', async t => {
  const line = `{ printf '{"a":"'; head -c 200000000 /dev/zero | tr '\\0' x; echo '"}'; }`
  const { stdout } = await finish(t, `${line} | sha256sum`)
  t.match(await finish(t, `${line} | repack | sha256sum`), { code: 0, stdout, stderr: '' })
})

t.test('sensors stop when nobody reads them any more', async t => {
  const line = `sensor-sim --interval 10ms | head -n 1 | wc -l; echo "\${PIPESTATUS[*]}"`
  t.match(await finish(t, line), { stdout: '1\n141 0 0\n', stderr: '' })
})

t.test('help and version end in silence when nobody reads them', async t => {
  for (const words of ['repack --help', 'repack --version', 'daqutils --help']) {
    const { stdout, stderr } = await finish(t, `{ sleep 0.2; ${words}; echo "code $?" >&2; } | true`)
    t.same([stdout, stderr], ['', 'code 141\n'], words)
  }
})
