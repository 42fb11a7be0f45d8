// A broker with a journal as a process: killed under load, cut short, on a full disk, and what its commands make of it.

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RawClient } from '../support/bus.ts'
import { socketPath } from '../support/carrier.ts'
import { Crowd } from '../support/crowd.ts'
import { finish, type Started, start } from '../support/process.ts'

type T = Parameters<typeof start>[0]

async function served(t: T, folder: string, path: string, words = ''): Promise<Started> {
  const broker = start(t, `exec broker serve -v --journal journal ${words} --listen unix:${path}`, { folder })
  await broker.said('listening on')
  return broker
}

async function killed({ child, ended }: Started): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

for (const sync of ['interval', 'always'] as const)
  t.test(`killed again and again under the load of 20 clients, sync ${sync}`, async t => {
    const folder = t.testdir({})
    const path = socketPath(t)
    const words = `--sync ${sync} --journal-segment 50kB`
    let broker = await served(t, folder, path, words)
    const crowd = new Crowd(`unix:${path}`)
    crowd.start()
    for (let round = 0; round < 3; round++) {
      const before = crowd.sent
      while (crowd.sent < before + 300 && crowd.failures.length === 0)
        await new Promise(resolve => setTimeout(resolve, 5))
      await killed(broker)
      broker = await served(t, folder, path, words)
    }
    await crowd.finish()
    t.same(crowd.problems(), [])
    t.ok(crowd.sent >= 750, `${crowd.sent} sent`)
    t.ok(crowd.unmarked > 0, 'not all are marked')
    const found = await finish(t, `broker sub -q -n ${crowd.sent} --from earliest '#' --bus unix:${path} | wc -l`, '', {
      folder,
    })
    t.equal(Number(found.stdout), crowd.sent)
  })

t.test('consumers and replays from the shell, over a kill; the end that was cut short is set aside', async t => {
  const folder = t.testdir({})
  const path = socketPath(t)
  const options = { folder, environment: { DAQ_BUS: `unix:${path}` } }
  const shell = async (line: string, input = '') => (await finish(t, line, input, options)).stdout
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `{"topic":"a","n":${from + index}}\n`).join('')
  let broker = await served(t, folder, path)
  await shell('broker pub -q --retain', lines(0, 5))
  /** What it has acknowledged is on its way when it has gone. */
  const reached = async (offset: number) => {
    while (!(await shell('broker ps')).includes(`"consumer":"d","members":0,"offset":${offset},`)) {}
  }
  t.equal(await shell('broker sub -q -n 2 --durable d --from earliest a'), lines(0, 2))
  await reached(2)
  await killed(broker)
  const journal = join(folder, 'journal')
  const [name = ''] = readdirSync(journal).filter(file => file.endsWith('.frame'))
  appendFileSync(join(journal, name), readFileSync(join(journal, name)).subarray(0, 50))
  broker = await served(t, folder, path)
  t.match(await broker.said('cut short'), /cut short at byte \d+: moved 50 bytes to .*torn/)
  t.equal(await shell('broker sub -q -n 1 a'), lines(4, 5), 'what is retained is there')
  const rest = await shell('broker sub -q -n 3 --durable d a')
  t.equal(rest.replaceAll(',"redelivered":true', ''), lines(2, 5))
  await reached(5)
  t.equal(
    await shell('broker sub -q -n 2 --from 3 --offsets a'),
    '{"topic":"a","n":3,"offset":3}\n{"topic":"a","n":4,"offset":4}\n',
  )
  t.equal(await shell('broker sub -q -n 5 --from 1h a'), lines(0, 5))
  t.match(await finish(t, 'broker sub --from yesterday a', '', options), { code: 2, stderr: /is no time/ })
  t.match(await finish(t, 'broker sub --from 0 --window 5 a', '', options), {
    code: 2,
    stderr: /--durable names/,
  })
  t.match(await finish(t, 'broker sub --durable x --group y a', '', options), { code: 2, stderr: /--group/ })
  const status = await shell('broker ps')
  t.match(status, /"journal":\{"folder":"journal","sync":"interval","first":0,"next":5,"kept":5/)
  t.match(status, /"kind":"consumer","consumer":"d","members":0,"offset":5,"lag":0/)
  const second = await finish(t, `broker serve --journal journal --listen unix:${path}.second`, '', { folder })
  t.match(second, { code: 1, stderr: /journal: in use by process \d+/ })
  broker.child.kill('SIGTERM')
  t.match(await broker.ended, { code: 0 })
  t.notOk(existsSync(join(journal, 'lock')))
})

t.test('a journal that cannot be is said at once', async t => {
  t.match(await finish(t, 'broker serve --journal /dev/null/x --listen unix:bus'), {
    code: 1,
    stderr: /\/dev\/null\/x: /,
  })
  t.match(await finish(t, 'broker serve --journal-size 1MB --listen unix:bus'), {
    code: 2,
    stderr: /only with --journal/,
  })
})

/** A disk of its own needs a mount that nobody else sees. */
const skip = spawnSync('unshare', ['-rm', 'true']).status === 0 ? false : 'skipped: no mount of its own'

t.test(
  'a full disk is told to the publishers, nothing confirmed is lost, and it goes on when there is room',
  { skip },
  async t => {
    const folder = t.testdir({ disk: {} })
    const path = socketPath(t)
    const options = { folder, environment: { DAQ_BUS: `unix:${path}` } }
    const serve = `exec broker serve -v --journal disk/journal --listen unix:${path}`
    // A disk of its own that is gone with the broker.
    const mount = 'mount -t tmpfs -o size=300k tmpfs disk && head -c 200k /dev/zero >disk/filler'
    const broker = start(t, `exec unshare -rm bash --norc -c '${mount} && ${serve}'`, { folder })
    await broker.said('listening on')
    const line = (n: number) => `{"topic":"a","n":${n},"fill":"${'x'.repeat(1000)}"}\n`
    const publisher = new RawClient(t, path)
    publisher.say({ broker: { do: 'publish', confirm: true } })
    await publisher.hear()
    let confirmed = 0
    let told = ''
    for (let n = 0; told === ''; n++) {
      publisher.socket.write(line(n))
      const words = Object((await publisher.hear())['broker'])
      if (words.error) told = String(words.error)
      else confirmed = words.confirmed
    }
    t.match(told, /no space left on device: packets since the last that was confirmed are not kept/)
    await publisher.hungUp()
    t.ok(confirmed > 10, `${confirmed} confirmed`)
    t.match(await finish(t, 'broker pub a', line(0), options), { code: 1, stderr: /no space left on device/ })
    t.match((await finish(t, 'broker ps', '', options)).stdout, /"journal":\{.*"error":".*no space left/)
    const kept = `broker sub -q -n ${confirmed} --from earliest a`
    const numbers = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map(row => JSON.parse(row).n)
    const upTo = Array.from({ length: confirmed }, (_, n) => n)
    t.same(numbers((await finish(t, kept, '', options)).stdout), upTo)
    rmSync(`/proc/${broker.child.pid}/root${folder}/disk/filler`)
    t.match(await finish(t, 'broker pub -q a', line(confirmed), options), { code: 0 })
    const after = await finish(t, `broker sub -q -n ${confirmed + 1} --from earliest a`, '', options)
    t.same(numbers(after.stdout), [...upTo, confirmed])
    broker.child.kill('SIGTERM')
    await once(broker.child, 'exit')
  },
)
