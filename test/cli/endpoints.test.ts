import { basename } from 'node:path'
import t from 'tap'
import { refuseLoop, runInto } from '../../src/cli/endpoints.ts'
import { TimedOut } from '../../src/errors.ts'
import { type Batch, packet } from '../../src/packet.ts'
import type { Stage } from '../../src/stream/step.ts'
import { commandFolder, runLine } from '../support/cases.ts'

const record = () => {
  const calls: string[] = []
  return {
    calls,
    write: (batch: Batch) => void calls.push(`write ${batch.length}`),
    close: async () => void calls.push('close'),
    abort: async () => void calls.push('abort'),
  }
}

async function* failing(error?: Error): AsyncGenerator<Batch> {
  yield [packet({})]
  if (error) throw error
}

const held: Stage = { push: batch => batch, end: () => [packet({}), packet({})] }

t.test('an end closes, a failure sets aside, a timeout ends the stages and closes', async t => {
  const ended = record()
  await runInto(failing(), [held], ended)
  t.same(ended.calls, ['write 1', 'write 2', 'close'])
  const failed = record()
  await t.rejects(runInto(failing(new Error('broken')), [held], failed), /broken/)
  t.same(failed.calls, ['write 1', 'abort'])
  const late = record()
  await t.rejects(runInto(failing(new TimedOut('late')), [held], late), /late/)
  t.same(late.calls, ['write 1', 'write 2', 'close'])
})

t.test('inputs are options and words; stdin where there are none', async t => {
  const folder = t.testdir({ a: '{"v":1}\n', b: '{"v":2}\n' })
  const commands = commandFolder(folder)
  const lines = async (line: string) => {
    const { stdout } = await runLine(line, commands, { folder, input: Buffer.from('{"v":3}\n') })
    return stdout.toString().trim().split('\n').sort()
  }
  t.same(await lines('repack -i a b'), ['{"v":1}', '{"v":2}'])
  t.same(await lines('repack a -'), ['{"v":1}', '{"v":3}'])
  t.same(await lines('repack'), ['{"v":3}'])
})

t.test('a file is not read while it is added to, by whatever name', async t => {
  const folder = t.testdir({ 'a.ndjson': '{"a":1}\n', 'b.ndjson': '', link: t.fixture('symlink', 'a.ndjson') })
  const [one, other] = [`${folder}/a.ndjson`, `${folder}/b.ndjson`]
  const message = /is read and added to at the same time/
  t.throws(() => refuseLoop(['-', one], [other, `ndjson:${folder}/../${basename(folder)}/a.ndjson`]), { message })
  t.throws(() => refuseLoop([`${folder}/link`], [`${one}?append`]), { message })
  t.doesNotThrow(() => refuseLoop([one, 'tcp://127.0.0.1:1', '/dev/null'], [other, `${folder}/new`, '/dev/null']))
})
