// Signals to real processes: what is in flight arrives, what is asked twice happens at once.

import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { type Started, start } from '../support/process.ts'

/** Sends the signal again and again until the process has ended. */
async function insist({ child, ended }: Started, signal: NodeJS.Signals) {
  const again = setInterval(() => child.kill(signal), 50)
  const outcome = await ended
  clearInterval(again)
  return outcome
}

t.setTimeout(120_000)

t.test('the first TERM ends well, with all that was read', async t => {
  const repack = start(t, 'exec repack')
  repack.child.stdin.write('{"a":1}\n{"a":2}\n')
  await repack.printed('{"a":2}\n')
  repack.child.kill('SIGTERM')
  t.match(await repack.ended, { code: 0, stdout: '{"a":1}\n{"a":2}\n', stderr: '' })
})

t.test('packets in flight arrive, whole and in order, after a TERM', async t => {
  const repack = start(t, `exec repack < <(seq -f '{"a":%.0f}' 1 10000000)`)
  await repack.printed('\n')
  repack.child.stdout.pause()
  await pause(200) // for every buffer on the way to fill
  repack.child.kill('SIGTERM')
  repack.child.stdout.resume()
  const { code, stdout, stderr } = await repack.ended
  t.same([code, stderr], [0, ''])
  const lines = stdout.split('\n')
  t.equal(lines.pop(), '', 'the last line is whole')
  t.ok(lines.length < 10_000_000)
  t.equal(
    lines.findIndex((line, index) => line !== `{"a":${index + 1}}`),
    -1,
    'none is missing',
  )
})

t.test('an INT lets the end of a piped stdin end a filter', async t => {
  const repack = start(t, 'exec repack -v')
  repack.child.stdin.write('{"a":1}\n')
  await repack.printed('{"a":1}\n')
  repack.child.kill('SIGINT')
  repack.child.kill('SIGUSR1')
  await repack.said('"stats"')
  repack.child.stdin.write('{"a":2}\n')
  await repack.printed('{"a":2}\n')
  repack.child.stdin.end()
  t.match(await repack.ended, { code: 0, stdout: '{"a":1}\n{"a":2}\n' })
})

t.test('an INT stops the other sources', async t => {
  const line = `mkfifo pipe; { echo '{"a":1}'; sleep 600; } >pipe 2>&1 & exec repack -i fifo:pipe`
  const repack = start(t, line)
  await repack.printed('{"a":1}\n')
  repack.child.kill('SIGINT')
  t.match(await repack.ended, { code: 0, stdout: '{"a":1}\n', stderr: '' })
})

t.test('the second signal ends at once, with its own code', async t => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const repack = start(t, 'exec repack')
    repack.child.stdin.write('{"a":1}\n')
    await repack.printed('{"a":1}\n')
    repack.child.kill('SIGINT')
    t.match(await insist(repack, signal), { code, stdout: '{"a":1}\n' })
  }
})

t.test('a HUP ends where nothing can be reopened: the terminal is gone', async t => {
  const repack = start(t, 'exec repack')
  repack.child.stdin.write('{"a":1}\n')
  await repack.printed('{"a":1}\n')
  repack.child.kill('SIGHUP')
  t.match(await repack.ended, { code: 0, stdout: '{"a":1}\n' })
})

t.test('a HUP reopens the file that was moved away', async t => {
  const folder = t.testdir({})
  const file = join(folder, 'log.ndjson')
  const repack = start(t, 'exec repack -o - -o "log.ndjson?append"', { folder })
  repack.child.stdin.write('{"a":1}\n')
  await repack.printed('{"a":1}\n')
  renameSync(file, `${file}.1`)
  repack.child.kill('SIGHUP')
  while (!existsSync(file)) await pause(10)
  repack.child.stdin.end('{"a":2}\n')
  t.match(await repack.ended, { code: 0 })
  t.equal(readFileSync(`${file}.1`, 'utf8'), '{"a":1}\n')
  t.equal(readFileSync(file, 'utf8'), '{"a":2}\n')
})

t.test('USR1 prints statistics and disturbs nothing', async t => {
  const repack = start(t, 'exec repack')
  repack.child.stdin.write('{"a":1}\n')
  await repack.printed('{"a":1}\n')
  repack.child.kill('SIGUSR1')
  await repack.said('\n')
  repack.child.stdin.end('{"a":2}\n')
  const { code, stdout, stderr } = await repack.ended
  t.same([code, stdout], [0, '{"a":1}\n{"a":2}\n'])
  const { stats } = JSON.parse(stderr)
  t.match(stats, { command: 'repack', pid: repack.child.pid, stages: { input: { in: 1 }, output: { out: 1 } } })
})

t.test('a TERM to the whole group, as a supervisor sends it, ends sensors and network well', async t => {
  const sensors = start(t, 'exec sensor-sim --interval 20ms --probe sequence')
  await sensors.printed('"Sensor-4"')
  process.kill(-(sensors.child.pid ?? 0), 'SIGTERM')
  const { code, stderr, stdout } = await sensors.ended
  t.same([code, stderr], [0, ''])
  t.ok(stdout.endsWith('\n'))
})
