// valkyrie-send and valkyrie-recv as processes: what arrives, what is lost, and that both ends count the same.

import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'
import { freePort } from '../support/port.ts'
import { start } from '../support/process.ts'

t.setTimeout(240_000)
t.jobs = 2

function here(t: Test) {
  const folder = t.testdir({})
  const commands = commandFolder(folder)
  // Nothing of a line that hangs is left behind.
  const bounded = 'exec timeout -k 5 60 bash --norc -o pipefail -c "$LINE"'
  return {
    folder,
    run: (line: string, input = new Uint8Array(0)) =>
      runLine(bounded, commands, { folder, input, environment: { LINE: line } }),
    read: (name: string) => readFileSync(join(folder, name)),
    write: (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text),
  }
}

/** The last statistics among the lines of stderr. */
function stages(stderr: string) {
  const lines = stderr.split('\n').filter(line => line.includes('{"stats"'))
  const line = lines.at(-1) ?? ''
  return JSON.parse(line.slice(line.indexOf('{'))).stats.stages
}

const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

t.test('lines and frames arrive as they were, over tcp and ipc, in each class', async t => {
  const { run, write, read } = here(t)
  const lines = Array.from({ length: 500 }, (_, n) => `{"n":${n},"text":"é\\u0000"}\n`).join('')
  write('lines', lines)
  const { stdout: frames } = await run('repack --from raw --chunk 1000 --to frame', Buffer.alloc(300_000, 'daq'))
  write('frames', frames)
  for (const name of ['zmq_pubsub', 'dls_::valkyrie::zmq_pushpull', 'dls::valkyrie::zmq_pullpush']) {
    for (const endpoint of ['ipc://s', `tcp://127.0.0.1:${await freePort()}`]) {
      const link = `--class ${name} -e ${endpoint}`
      for (const [input, count, to] of [
        ['lines', 500, 'ndjson'],
        ['frames', 300, 'frame'],
      ] as const) {
        const line = `valkyrie-recv ${link} -n ${count} --to ${to} -o out & valkyrie-send ${link} -i ${input} --wait-peers 1 --policy block -q; echo $?; wait $!`
        const { code, stdout, stderr } = await run(line)
        t.same([code, stdout.toString()], [0, '0\n'], stderr)
        if (to === 'frame') t.ok(read('out').equals(frames), `${link}: frames, bit for bit`)
        else t.same(parsed(read('out')), parsed(lines), link)
      }
    }
  }
})

const parsed = (lines: string | Buffer) =>
  lines
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

t.test('of images too many for their reader the newest come, and both ends count the same', async t => {
  const { run, write, read } = here(t)
  write(
    'send',
    'head -c 500000000 /dev/zero | valkyrie-send -e ipc://s --from raw --chunk 5MB --sequence --wait-peers 1 --stats=1h 2>sent',
  )
  const { stdout } = await run(
    `bash send & valkyrie-recv -e ipc://s --until-end --check-sequence --stats=1h 2>received | (sleep 1; repack --pick gap,MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER,MAXIV_VALKYRIE_IMAGE_SEQUENCE_NUMBER --to ndjson); echo $?; wait $!; echo $?`,
  )
  const text = stdout.toString().trimEnd().split('\n')
  t.same(text.slice(-2), ['3', '3'], 'both say that packets are missing')
  const packets = text.slice(0, -2).map(line => JSON.parse(line))
  const numbers = packets.flatMap(({ MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: number }) => number ?? [])
  t.ok(numbers.length > 2 && numbers.length < 102, `${numbers.length} of 102 came`)
  t.same([numbers[0], numbers.at(-1)], [1, 102], 'the first and the last among them')
  const lost = packets.reduce((sum, { gap }) => sum + (gap?.lost ?? 0), 0)
  t.equal(numbers.length + lost, 102)
  const sent = stages(read('sent').toString())
  const received = stages(read('received').toString())
  t.same(
    [sent.output.out, total(sent.output.dropped), received.input.in, received.sequence.dropped['gap in the sequence']],
    [numbers.length, lost, numbers.length, lost],
  )
  t.match(Object.values(sent.output.peers), [
    { written: 102, sent: numbers.length, dropped: { superseded: lost }, pending: 0 },
  ])
})

t.test('twenty writers of a packet each are twenty packets', async t => {
  const { run } = here(t)
  const link = '--class zmq_pullpush -e ipc://s'
  const { code, stdout } = await run(
    `valkyrie-recv ${link} -n 20 --to ndjson & r=$!; for n in $(seq 20); do echo "{\\"n\\":$n}" | valkyrie-send ${link} --wait-peers 1 -q & done; wait $r`,
  )
  t.equal(code, 0)
  t.same(
    parsed(stdout)
      .map(({ n }) => n)
      .sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n + 1),
  )
})

t.test('two pullers share ten packets', async t => {
  const { run, read } = here(t)
  const link = '--class zmq_pushpull -e ipc://s'
  await run(
    `valkyrie-recv ${link} -n 5 --to ndjson -o a & valkyrie-recv ${link} -n 5 --to ndjson -o b & for n in $(seq 10); do echo "{\\"n\\":$n}"; done | valkyrie-send ${link} --wait-peers 2 --policy block -q; wait`,
  )
  const [a, b] = [parsed(read('a')), parsed(read('b'))]
  t.same([a.length, b.length], [5, 5])
  t.same(new Set([...a, ...b].map(({ n }) => n)).size, 10)
})

t.test('time that is over is 124, on both sides', async t => {
  const { run } = here(t)
  const endpoint = `tcp://127.0.0.1:${await freePort()}`
  const begun = performance.now()
  t.match(await run(`valkyrie-recv -e ${endpoint} --timeout 300ms`), { code: 124, stderr: /timed out after 300ms/ })
  t.match(await run(`valkyrie-recv -e ${endpoint} --idle-timeout 300ms`), {
    code: 124,
    stderr: /nothing came for 300ms/,
  })
  t.match(await run(`echo '{}' | valkyrie-send -e ${endpoint} --wait-peers 1 --timeout 300ms`), { code: 124 })
  t.ok(performance.now() - begun < 15_000)
})

t.test('a writer whom nobody reads waits for nobody, and says what it dropped', async t => {
  const { run } = here(t)
  const line = `for n in $(seq 100); do echo "{\\"n\\":$n}"; done | valkyrie-send -e ipc://s`
  t.match(await run(line), { code: 3, stderr: /100 dropped \(100 no reader\)\n$/ })
})

t.test('a message of another number of parts is named and counted; other layouts are read if asked for', async t => {
  const { run } = here(t)
  const odd = (recv: string) =>
    run(
      `printf 'ab{}' >raw; valkyrie-recv -e ipc://s ${recv} --idle-timeout 2s & r=$!; (repack --from raw --chunk 2 raw -o 'zmq+pub:s?listen&peers=1&parts=data'; echo '{"good":1}' | valkyrie-send -e ipc://s --wait-peers 1 -q --timeout 3s); wait $r`,
    )
  const refused = await odd('--to ndjson -n 1')
  t.equal(refused.code, 3)
  t.equal(refused.stdout.toString(), '{"good":1}\n')
  t.match(refused.stderr, /rejected: wrong number of parts: a message of 1 part, expected 2 \(meta, data\)\n/)
  t.match(refused.stderr, /1 in, 2 rejected \(2 wrong number of parts\)/)
  t.match(await odd('--to ndjson -n 1 --strict'), { code: 1 })
  const read = await odd('--parts data --to raw -n 2')
  t.same([read.code, read.stdout.toString()], [0, 'ab{}'])
})

t.test('topics: only what was asked for', async t => {
  const { run } = here(t)
  const { stdout, code } = await run(
    `valkyrie-recv -e ipc://s --topic image. --topic log -n 2 --to ndjson & r=$!; printf '{"topic":"image.1"}\\n{"topic":"imag"}\\n{"topic":"logs"}\\n' | valkyrie-send -e ipc://s --parts topic,meta,data --wait-peers 1 --policy block -q; wait $r`,
  )
  t.equal(code, 0)
  t.same(parsed(stdout), [{ topic: 'image.1' }, { topic: 'logs' }])
})

t.test('an interrupt ends a reader well', async t => {
  const folder = t.testdir({})
  const receiving = start(t, `exec valkyrie-recv -e ipc://s --to ndjson -o out.ndjson -v`, { folder })
  const sending = start(t, `exec valkyrie-send -e ipc://s --wait-peers 1 --stats=50ms`, { folder })
  sending.child.stdin.write('{"n":1}\n')
  await sending.said('"out":1')
  receiving.child.kill('SIGINT')
  const { code, stderr } = await receiving.ended
  t.equal(code, 0, stderr)
  t.equal(readFileSync(join(folder, 'out.ndjson'), 'utf8'), '{"n":1}\n')
  t.match(stderr, /ipc|zmq\+sub:s: 1 received/)
  sending.child.stdin.end()
  const sent = await sending.ended
  t.equal(sent.code, 0, sent.stderr)
  t.match(sent.stderr, /: 1 sent\n/)
})

t.test('a reader that waits gets the first packet of a writer that comes later', async t => {
  const folder = t.testdir({})
  const endpoint = `tcp://127.0.0.1:${await freePort()}`
  const receiving = start(t, `exec valkyrie-recv -e ${endpoint} --to ndjson -n 1`, { folder })
  await receiving.said('trying again')
  const sending = start(t, `echo '{"late":true}' | valkyrie-send -e ${endpoint} --wait-peers 1`, { folder })
  t.match(await receiving.ended, { code: 0, stdout: '{"late":true}\n' })
  t.match(await sending.ended, { code: 0 })
})

t.test('beyond this machine only with keys, or if asked to', async t => {
  const { run } = here(t)
  t.match(await run(`valkyrie-send -e 'tcp://*:0' </dev/null`), {
    code: 2,
    stderr: /anybody who reaches 0.0.0.0 could connect/,
  })
  t.match(await run(`valkyrie-send -e 'tcp://*:0' --insecure </dev/null`), { code: 0 })
  const port = await freePort()
  const { code, stdout, stderr } = await run(
    `valkyrie-keygen -q server && valkyrie-keygen -q client >allowed
     valkyrie-recv -e tcp://127.0.0.1:${port} --curve-key client.key --curve-server-key server.pub -n 1 --to ndjson & r=$!
     echo '{"secret":1}' | valkyrie-send -e 'tcp://*:${port}' --curve-key server.key --curve-allow allowed --wait-peers 1 -q
     wait $r`,
  )
  t.same([code, stdout.toString().split('\n').at(-2)], [0, '{"secret":1}'], stderr)
})

t.test('the wire is for every other command, too', async t => {
  const { run } = here(t)
  const { code, stdout } = await run(
    `repack zmq+sub:s --to ndjson -n 2 & r=$!; sensor-sim -n 2 --interval 0 --seed 1 -o 'zmq+pub:s?listen&peers=1'; wait $r`,
  )
  t.equal(code, 0)
  t.equal(parsed(stdout).length, 2)
})

t.test('the reader of stdout may go away', async t => {
  const folder = t.testdir({})
  const sending = start(t, `exec valkyrie-send -e ipc://s --wait-peers 1`, { folder })
  const receiving = start(t, `valkyrie-recv -e ipc://s --to ndjson | head -n 1`, { folder })
  const feeding = setInterval(() => sending.child.stdin.write('{"n":1}\n'), 20)
  t.teardown(() => clearInterval(feeding))
  t.match(await receiving.ended, { code: 141, stdout: '{"n":1}\n' })
  clearInterval(feeding)
  sending.child.stdin.end()
  await once(sending.child, 'close')
})
