import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../../support/cases.ts'
import { finish, start } from '../../support/process.ts'
import { DEBIAN_PYTHON, noPython } from '../../support/python.ts'

/** Why `nc` and `curl` cannot be asked; false if they can. */
const noNetcat =
  spawnSync('sh', ['-c', 'command -v nc && command -v curl']).status === 0 ? false : 'nc or curl is not here'

/** A served broker in a folder that other commands of the test run in, too. */
async function served(t: Parameters<typeof start>[0], words = '') {
  const folder = t.testdir({})
  const options = { folder, environment: { DAQ_BUS: 'unix:bus' } }
  const broker = start(t, `exec broker serve -v ${words} --listen unix:bus`, options)
  await broker.said('listening on unix:bus')
  return { broker, options }
}

t.test('pub and sub through serve: in order, none lost, exit code 0', async t => {
  const { broker, options } = await served(t)
  const sub = start(t, 'broker sub -n 1000 lab.# | verify', options)
  const pub = await finish(
    t,
    'sensor-sim --probe sequence -n 1000 --interval 0 | broker pub --subscribers 1 lab.x',
    '',
    options,
  )
  t.same([pub.code, pub.stderr], [0, ''])
  const { code, stderr } = await sub.ended
  t.same([code, stderr.includes('lost')], [0, false], stderr)
  broker.child.kill('SIGTERM')
  t.match(await broker.ended, { code: 0, stderr: /input: 1000 in; output: 1000 out/ })
})

t.test('sub ends well on a signal, and at its limits', async t => {
  const { options } = await served(t)
  const sub = start(t, 'exec broker sub -v lab.#', options)
  await sub.said('subscribed to lab.#')
  sub.child.kill('SIGINT')
  t.match(await sub.ended, { code: 0, stdout: '' })
  t.equal((await finish(t, 'broker sub --timeout 50ms lab.#', '', options)).code, 124)
  t.equal((await finish(t, 'broker sub --duration 50ms lab.#', '', options)).code, 0)
})

t.test('pub gives up in time, also when it only waits for a subscriber that blocks', async t => {
  const { options } = await served(t)
  const sub = start(t, 'exec broker sub -v --policy block --buffer 1 a', options)
  await sub.said('subscribed')
  sub.child.kill('SIGSTOP')
  const line = `{"x":"${'x'.repeat(10_000)}"}\n`
  const pub = await finish(t, 'broker pub --timeout 500ms a', line.repeat(500), options)
  t.match(pub, { code: 124, stderr: /timed out, and for 2s what was left could not be brought to its end/ })
})

t.test('frames stay frames, with their data', async t => {
  const { options } = await served(t)
  const sub = start(t, 'broker sub -n 1 raw --to frame | repack --to ndjson', options)
  const line = "printf 'abcdefgh' | broker pub --from raw --dtype float32 --chunk 8 --subscribers 1 raw"
  t.equal((await finish(t, line, '', options)).code, 0)
  t.match(JSON.parse((await sub.ended).stdout), { topic: 'raw', dtype: 'float32', data: 'YWJjZGVmZ2g=' })
})

t.test('pub rejects what names no topic, and publishes the rest', async t => {
  const { options } = await served(t)
  const sub = start(t, "broker sub -n 1 '#'", options)
  const wait = finish(t, 'broker pub --subscribers 1 never </dev/null', '', options)
  t.equal((await wait).code, 0)
  const pub = await finish(t, 'broker pub', '{"v":1}\n{"topic":"a","v":2}\n', options)
  t.equal(pub.code, 3)
  t.match(pub.stderr, /stdin:1 \(byte 0\): rejected: no topic/)
  t.equal((await sub.ended).stdout, '{"topic":"a","v":2}\n')
})

t.test('a second broker on the same socket is refused, and a broker that is not there is waited for', async t => {
  const { broker, options } = await served(t)
  t.match(await finish(t, 'broker serve --listen unix:bus', '', options), { code: 1, stderr: /address already in use/ })
  broker.child.kill('SIGKILL')
  await broker.ended
  const pub = start(t, 'broker pub a', options)
  pub.child.stdin.end('{"v":1}\n')
  await pub.said('trying again')
  const again = start(t, 'exec broker serve -v --listen unix:bus', options)
  t.equal((await pub.ended).code, 0)
  again.child.kill('SIGTERM')
  t.match(await again.ended, { stderr: /input: 1 in/ })
})

t.test('the ten lines of Python in broker(5) are a client', { skip: noPython }, async t => {
  const program = blocks().find(text => text.startsWith('import json')) ?? ''
  t.equal(program.trim().split('\n').length, 10)
  const folder = t.testdir({ 'client.py': program })
  const broker = start(t, 'exec broker serve --listen tcp://127.0.0.1:0', { folder })
  const [, port] = /:(\d+)\n/.exec(await broker.said(/127\.0\.0\.1:\d+\n/)) ?? []
  const options = { folder, environment: { DAQ_BUS: `tcp://127.0.0.1:${port}` } }
  const client = start(t, `exec ${DEBIAN_PYTHON} client.py 127.0.0.1 ${port}`, options)
  await client.said('"ok":"subscribe"')
  await finish(t, 'broker pub lab.door', '{"value":"open"}\n', options)
  await client.printed('lab.door open')
})

t.test('what is retained and consumers are forgotten when somebody asks for it', async t => {
  const { options } = await served(t, '--journal kept')
  const run = (line: string, input = '') => finish(t, line, input, options)
  await run('broker pub --retain', '{"topic":"a","n":1}\n{"topic":"b","n":2}\n{"topic":"c","n":3}\n')
  t.match(await run('broker forget -v a c'), { code: 0, stdout: '', stderr: /forgotten: a\n.*forgotten: c\n/ })
  t.equal((await run("broker sub -n 1 '#'")).stdout, '{"topic":"b","n":2}\n')
  const sub = start(t, 'exec broker sub -v --durable d a', options)
  await sub.said('subscribed')
  t.match(await run('broker forget --durable d'), { code: 1, stderr: /the consumer 'd' has 1 members/ })
  sub.child.kill('SIGTERM')
  await sub.ended
  while ((await run('broker ps')).stdout.includes('"members":1')) {}
  t.match(await run('broker forget --durable d'), { code: 0, stderr: '' })
  t.notMatch((await run('broker ps')).stdout, /"consumer":"d"/)
  t.match(await run('broker forget --durable d'), { code: 1, stderr: /no consumer 'd'/ })
  t.match(await run('broker forget'), { code: 2, stderr: /forget what\?/ })
  t.match(await run('broker forget --bus nats://127.0.0.1 a'), { code: 2, stderr: /cannot be asked to forget/ })
})

t.test('a request is answered by a program, or by nobody in time', async t => {
  const { options } = await served(t)
  const reply = start(t, 'exec broker reply -v lab.double --exec \'read -r line; echo {\\"line\\":$line}\'', options)
  await reply.said('answers at lab.double')
  const { code, stdout } = await finish(t, `broker request lab.double '{"value":21}'`, '', options)
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { line: { value: 21, topic: 'lab.double' }, topic: /^_reply\./ })
  const many = await finish(t, 'broker request lab.double -i - | wc -l', '{"value":1}\n{"value":2}\n', options)
  t.equal(many.stdout.trim(), '2')
  const nobody = await finish(t, 'broker request --timeout 100ms lab.nobody', '', options)
  t.match(nobody, { code: 124, stderr: /no answer from lab\.nobody within 100ms/ })
  t.equal((await finish(t, 'broker request lab.double nonsense', '', options)).code, 2)
  t.equal((await finish(t, 'broker reply lab.double', '', options)).code, 2)
})

t.test('a program that fails answers with what went wrong', async t => {
  const { options } = await served(t)
  const reply = start(t, "exec broker reply -v -n 1 lab.bad --exec 'echo no such probe >&2; exit 7'", options)
  await reply.said('answers at')
  const { stdout } = await finish(t, 'broker request lab.bad', '', options)
  t.match(JSON.parse(stdout), { error: { code: 7, message: 'no such probe' } })
  t.equal((await reply.ended).code, 0)
})

t.test('a program that does not end is ended', async t => {
  const { options } = await served(t)
  const stubborn = 'trap : TERM; while :; do sleep 0.05; done'
  const reply = start(t, `exec broker reply -v -n 1 --limit 100ms lab.bad --exec '${stubborn}'`, options)
  await reply.said('answers at')
  const { stdout } = await finish(t, 'broker request lab.bad', '', options)
  t.match(JSON.parse(stdout), { error: { signal: 'SIGKILL', message: 'no end within 100ms' } })
  t.equal((await reply.ended).code, 0)
})

t.test('ps tells who is there', async t => {
  const { options } = await served(t)
  const sub = start(t, 'exec broker sub -v --policy latest lab.#', options)
  await sub.said('subscribed')
  await finish(t, 'broker pub lab.x', '{"n":1}\n{"n":2}\n', options)
  const { stdout } = await finish(t, 'broker ps', '', options)
  const [broker, client] = stdout.split('\n').map(line => (line ? JSON.parse(line) : {}))
  t.match(broker, { kind: 'broker', received: 2, clients: 2 })
  t.match(client, { kind: 'client', patterns: ['lab.#'], policy: 'latest', written: 2, pending: 0 })
  const twice = await finish(t, "broker ps --every 50ms -n 6 | repack --where 'policy==latest' | tail -1", '', options)
  t.match(JSON.parse(twice.stdout), { received_per_second: 0 })
  const csv = await finish(t, 'broker ps --to csv', '', options)
  t.match(csv, { code: 0, stderr: '' })
  const [head, first, second] = csv.stdout.split('\r\n')
  t.match(head, /^kind,client,.*,extra$/)
  t.match([first, second], [/^broker,,/, /^client,unix:bus#1,,,,"\[""lab\.#""\]",latest,/])
  const file = await finish(t, 'broker ps --every 10ms -n 4 -o ps.csv && repack ps.csv', '', options)
  t.match(file, { code: 0, stderr: '' })
  t.match(JSON.parse(file.stdout.split('\n')[3] ?? ''), {
    kind: 'broker',
    received_per_second: 0,
    extra: { clients: 2 },
  })
})

t.test('members of a group share, and one that is killed loses nothing', async t => {
  const { options } = await served(t)
  const line = 'exec broker sub -v --group g --window 8 job'
  const [one, two] = [start(t, `${line} -o one.ndjson`, options), start(t, `${line} -n 50 --idle-timeout 5s`, options)]
  await one.said('subscribed')
  await two.said('subscribed')
  one.child.kill('SIGSTOP')
  await finish(t, 'sensor-sim --probe sequence -n 50 --interval 0 | broker pub job', '', options)
  one.child.kill('SIGKILL')
  const { stdout } = await two.ended
  const packets = stdout
    .trim()
    .split('\n')
    .map(text => JSON.parse(text))
  t.equal(new Set(packets.map(({ id }) => id)).size, 50)
  t.ok(packets.some(({ redelivered }) => redelivered))
})

t.test('only clients with a token of the file come in, and HUP reads it again', async t => {
  const token = 'correct-horse-battery'
  const folder = t.testdir({ tokens: `{"token":"${token}","publish":["lab.#"]}\n`, token })
  const broker = start(t, 'chmod 600 tokens; exec broker serve -v --tokens tokens --listen unix:bus', { folder })
  await broker.said('listening')
  const pub = (words: string) => finish(t, `broker pub ${words}`, '{"n":1}\n', { folder })
  t.match(await pub('--bus unix:bus lab.x'), { code: 1, stderr: /who are you\?/ })
  t.equal((await pub("--bus 'unix:bus?token=token' lab.x")).code, 0)
  t.match(await pub("--bus 'unix:bus?token=token' other"), { code: 1, stderr: /not allowed to publish to 'other'/ })
  await finish(t, `echo '{"token":"${token}","publish":["other"]}' >tokens`, '', { folder })
  broker.child.kill('SIGHUP')
  for (;;) if ((await pub("--bus 'unix:bus?token=token' other")).code === 0) break
  await finish(t, 'echo { >tokens', '', { folder })
  broker.child.kill('SIGHUP')
  await broker.said('the tokens stay as they were')
  t.equal((await pub("--bus 'unix:bus?token=token' other")).code, 0)
})

t.test('a dataset: all rows first, then what changes, groomed by a program or a module', async t => {
  const { options } = await served(t)
  const pub = start(t, 'exec broker pub -v --dataset rooms --name house --key room --stay lab.rooms', options)
  await pub.said('publishes rooms as house')
  pub.child.stdin.write('{"room":"a","t":20}\n{"room":"b","t":21}\n')
  const sub = start(t, 'exec broker sub -n 2 --dataset rooms --every 100ms lab.rooms', options)
  await sub.printed(/"rows":\[.*"a"/)
  pub.child.stdin.write('{"room":"a","t":19}\n{"room":"b","t":21}\n')
  const changes = (await sub.ended).stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.match(changes.at(-1), { publisher: 'house', inserts: [{ room: 'a', t: 19 }], deletes: [{ room: 'a', t: 20 }] })
  t.match(await finish(t, 'broker pub --dataset rooms --name house x', '', options), {
    code: 1,
    stderr: /the name 'house' is in use/,
  })
  pub.child.kill('SIGTERM')
  t.equal((await pub.ended).code, 0)
})

t.test('what is sent of a dataset is groomed by a program or a module', async t => {
  const { options } = await served(t)
  writeFileSync(join(options.folder, 'groom.mjs'), 'export default rows => rows.filter(row => row.v > 1)\n')
  const sub = (name: string) => finish(t, `broker sub -n 1 --as state --dataset d --every 100ms ${name}`, '', options)
  const groomed = async (prepush: string, name: string) => {
    const pub = start(t, `exec broker pub -v --dataset d --name ${name} --prepush ${prepush} --stay`, options)
    pub.child.stdin.end('{"rows":[{"v":1},{"v":2}]}\n')
    for (;;) {
      const { rows } = JSON.parse((await sub(name)).stdout)
      if (rows.length > 0) return rows
    }
  }
  t.same(await groomed('groom.mjs', 'module'), [{ v: 2 }])
  t.same(await groomed(`"sed 's/.*/[7]/'"`, 'program'), [7])
  const many = Array.from({ length: 12 }, (_, v) => `{"rows":[{"v":${v}}]}\n`).join('')
  t.match(await finish(t, 'broker pub -q --dataset d --prepush groom.mjs', many, options), { code: 0, stderr: '' })
  writeFileSync(join(options.folder, 'ends.mjs'), 'export default () => process.exit()\n')
  t.match(await finish(t, 'broker pub --dataset d --prepush ends.mjs', '{"v":1}\n', options), {
    code: 1,
    stderr: /its thread has ended/,
  })
  t.match(await finish(t, 'broker pub --dataset d --prepush nowhere.mjs', '', options), {
    code: 2,
    stderr: /Cannot find module/,
  })
  t.match(await finish(t, "broker pub --dataset d --prepush 'exit 3'", '{"v":1}\n', options), {
    code: 1,
    stderr: /ended with code 3/,
  })
  t.equal((await finish(t, 'broker pub --stay a', '', options)).code, 2)
  t.equal((await finish(t, "broker sub --dataset d 'a.*'", '', options)).code, 2)
})

t.test('every command reads and writes topics', async t => {
  const { options } = await served(t)
  const log = start(t, "exec log-sink -v -n 20 -i 'bus:lab.*' csv:log.csv", options)
  const pub = 'sensor-sim --probe sequence -n 20 --interval 0 -o bus:lab.sim'
  await finish(t, 'broker pub --subscribers 1 lab.sim </dev/null', '', options)
  t.equal((await finish(t, pub, '', options)).code, 0)
  t.equal((await log.ended).code, 0)
  t.equal(readFileSync(join(options.folder, 'log.csv'), 'utf8').trim().split('\n').length, 21)
  t.match(await finish(t, 'repack -i bus: --bus unix:bus', '', options), { code: 2, stderr: /expected bus:PATTERN/ })
  t.match(await finish(t, 'repack -i bus:a --bus gopher:x', '', options), { code: 2, stderr: /no bus of the scheme/ })
})

/** The text blocks of broker(5), as they are read. */
function blocks(): readonly string[] {
  const page = readFileSync(join(ROOT, 'man/broker.5'), 'utf8')
  return [...page.matchAll(/\n\.nf\n([\s\S]*?)\.fi/g)].map(([, text = '']) =>
    text.replaceAll('\\-', '-').replaceAll('\\en', '\\n'),
  )
}

t.test('the lines for nc and curl in broker(5) are clients', { skip: noNetcat }, async t => {
  const folder = t.testdir({})
  const listen = '--listen tcp://127.0.0.1:0 --listen http://127.0.0.1:0'
  const broker = start(t, `exec broker serve ${listen}`, { folder })
  const said = await broker.said(/tcp:[\s\S]*http:\/\/127\.0\.0\.1:\d+\n/)
  const [, port = ''] = /tcp:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? []
  const [, httpPort = ''] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? []
  const line = (what: string) => {
    const found = blocks().find(block => block.includes(what)) ?? ''
    return found.trim().replaceAll('7327', port).replaceAll('7328', httpPort)
  }
  const reader = start(t, line('; cat) | nc'), { folder })
  await reader.printed('"ok":"subscribe"')
  const follower = start(t, line('curl -N'), { folder })
  const bus = `tcp://127.0.0.1:${port}`
  await finish(t, `broker pub --bus ${bus} --subscribers 2 lab.window </dev/null`, '', { folder })
  t.equal((await finish(t, line('| nc -N'), '', { folder })).code, 0)
  const packet = '{"topic":"lab.door","value":"open"}\n'
  await reader.printed(packet)
  await follower.printed(packet)
})
