import t from 'tap'
import { createLog } from '../../src/cli/log.ts'

function everything(options: { quiet: boolean; verbose: boolean }): string[] {
  const written: string[] = []
  const log = createLog({ command: 'repack', ...options, write: text => written.push(text) })
  log.error('e')
  log.warn('w')
  log.inform('i')
  log.explain('x')
  log.line('{}')
  return written
}

t.test('every word begins with the name of the command and ends its line', async t => {
  t.same(everything({ quiet: false, verbose: false }), ['repack: e\n', 'repack: w\n', 'repack: i\n', '{}\n'])
})

t.test('quiet leaves the errors, and what was asked for', async t => {
  t.same(everything({ quiet: true, verbose: false }), ['repack: e\n', '{}\n'])
})

t.test('verbose says more', async t => {
  t.same(everything({ quiet: false, verbose: true }).slice(3), ['repack: x\n', '{}\n'])
})
