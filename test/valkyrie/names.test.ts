import t from 'tap'
import { dtypeOf, NAMES, shapeOf, TYPES } from '../../src/valkyrie/names.ts'

t.test('every name has the prefix of the recommendation', async t => {
  for (const name of [...Object.values(NAMES), ...Object.values(TYPES)]) t.match(name, /^MAXIV_VALKYRIE_[A-Z_]+$/)
})

t.test("Valkyrie's name comes before that of daqutils", async t => {
  t.equal(dtypeOf({ dtype: 'int8' }), 'int8')
  t.equal(dtypeOf({ dtype: 'int8', MAXIV_VALKYRIE_DTYPE: 'uint32' }), 'uint32')
  t.same(shapeOf({ shape: [1], MAXIV_VALKYRIE_SHAPE: [2] }), [2])
  t.equal(shapeOf({}), undefined)
})
