// plot: pictures of what was logged; on the terminal with a screen of the test's own.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Screen, ScreenHandlers } from '../../src/chart/screen.ts'
import { packet } from '../../src/packet.ts'
import { plotSize } from '../../src/store/plot.ts'
import { openStore } from '../support/store-context.ts'

const batch = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, k) =>
    packet({ name: 'cellar', value: from + k, unit: '°C', timestamp: new Date((from + k) * 1000).toISOString() }),
  )

t.test('a picture at the end, and on the way', async t => {
  const path = join(t.testdir({}), 'a.svg')
  const { store, ledger } = await openStore(`plot:${path}?every=100ms&title=Cellar&pixels=400x300`)
  await store.write([...batch(0, 20), packet({ note: 'no value' })])
  while (!existsSync(path)) await new Promise(resolve => setTimeout(resolve, 10))
  t.match(readFileSync(path, 'utf8'), /width="400"[\s\S]*>Cellar<[\s\S]*cellar 19/)
  await store.write(batch(20, 31))
  await store.close()
  t.match(readFileSync(path, 'utf8'), 'cellar 30')
  t.match(ledger.report()[store.name], { in: 32, out: 31 })
})

t.test('what is wrong is said before anything is drawn', async t => {
  for (const text of [
    'a.pdf',
    'a.svg?pixels=1x1',
    'a.svg?theme=blue',
    'a.svg?zone=mars',
    'a.svg?every=x',
    'a.svg?colour=1',
    '-',
  ])
    await t.rejects(openStore(`plot:${text}`), { name: 'UsageError' }, text)
  t.throws(() => plotSize('1'), { name: 'UsageError' })
})

t.test('on a screen: drawn, paused, and left when q is pressed', async t => {
  const shown: string[] = []
  let handlers: ScreenHandlers | undefined
  let isBusy = false
  const screen: Screen = {
    colors: 'none',
    size: { columns: 60, rows: 12 },
    hasKeys: true,
    get isBusy() {
      return isBusy
    },
    draw: text => void shown.push(text),
    quit: stop => stop.abort('quit'),
    close: async () => void shown.push('closed'),
  }
  const stopping = new AbortController()
  const openScreen = (given: ScreenHandlers) => {
    handlers = given
    return screen
  }
  const { store } = await openStore('plot:-', { openScreen, stopping })
  const until = async (what: string) => {
    while (!shown.some(text => text.includes(what))) await new Promise(resolve => setTimeout(resolve, 10))
  }
  await until('waiting for values')
  await store.write(batch(0, 20))
  await until('─ cellar 19')
  handlers?.onKey(' ')
  await until('PAUSED')
  await store.write(batch(20, 30))
  handlers?.onEmpty()
  t.notOk(shown.some(text => text.includes('cellar 29')))
  handlers?.onKey(' ')
  await until('─ cellar 29')
  const closed = store.close()
  await until('END')
  t.notOk(shown.includes('closed'))
  isBusy = true
  shown.length = 0
  handlers?.onEmpty()
  t.same(shown, [], 'what was drawn before is still on its way')
  isBusy = false
  await until('END')
  handlers?.onKey('q')
  await closed
  t.equal(shown.at(-1), 'closed')
  t.ok(stopping.signal.aborted)
})
