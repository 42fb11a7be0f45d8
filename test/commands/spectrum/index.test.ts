// What the options and the keys of spectrum mean; its files and its screen are tested with the command.

import t from 'tap'
import { pictureSize, rangeNamed } from '../../../src/commands/spectrum/picture-options.ts'
import { afterKey, type Shown, type ViewState } from '../../../src/commands/spectrum/view-state.ts'

t.test('sizes and ranges as people write them', async t => {
  t.same(pictureSize('800x600'), { width: 800, height: 600 })
  for (const text of ['800', '1x1', '800x600x3', '9000x9000', 'axb'])
    t.throws(() => pictureSize(text), { name: 'UsageError' }, text)
  t.same(rangeNamed('span', '97.9M,98.2M', ''), { from: 97.9e6, to: 98.2e6 })
  t.equal(rangeNamed('span', undefined, ''), undefined)
  for (const text of ['1', '2,1', '1,1', '1,2,3', 'a,b'])
    t.throws(() => rangeNamed('span', text, '1,2'), { name: 'UsageError', message: /for example 1,2$/ }, text)
})

const STATE: ViewState = {
  stream: 0,
  isPaused: false,
  waterfall: 'shown',
  marks: 'shown',
  help: 'short',
  curves: ['last'],
  span: undefined,
  levels: undefined,
  peaks: 5,
  above: 12,
}
const SHOWN: Shown = { span: { from: 0, to: 100 }, whole: { from: 0, to: 100 }, range: { from: -100, to: 0 }, peak: 90 }
const after = (keys: readonly string[], shown: Shown | undefined = SHOWN) =>
  keys.reduce((state, key) => afterKey(state, key, shown), STATE)

t.test('curves come in their order, and one is always there', async t => {
  t.same(after(['a', 'm']).curves, ['last', 'max', 'mean'])
  t.same(after(['m', 'm']).curves, ['last'])
  t.same(afterKey({ ...STATE, curves: ['max'] }, 'm', SHOWN).curves, ['last'])
})

t.test('zoom stays inside of what there is', async t => {
  t.same(after(['+']).span, { from: 25, to: 75 })
  t.same(after(['z']).span, { from: 50, to: 100 })
  t.same(after(['-']).span, undefined)
  t.same(after(['+', '0']).span, undefined)
  const part = { ...SHOWN, span: { from: 60, to: 80 } }
  t.same(after(['left'], part).span, { from: 55, to: 75 })
  t.same(after(['right'], { ...SHOWN, span: { from: 79, to: 99 } }).span, { from: 80, to: 100 })
})

t.test('levels, streams, and keys without a meaning', async t => {
  t.same(after(['up']).levels, { from: -90, to: 10 })
  t.same(after(['down', 'r']).levels, undefined)
  t.same(after(['[']).levels, { from: -110, to: 0 })
  t.same(after([']'], { ...SHOWN, range: { from: -15, to: 0 } }).levels, { from: -10, to: 0 })
  t.equal(after(['tab', 'tab', 'shift-tab']).stream, 1)
  t.same(after(['x', '\x1b[99~', 'escape']), STATE)
  t.same(afterKey(afterKey(STATE, '+', undefined), 'up', undefined), STATE)
  t.match(after([' ', 'w', 'p', 'h']), { isPaused: true, waterfall: 'hidden', marks: 'hidden', help: 'long' })
})
