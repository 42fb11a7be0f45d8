import t from 'tap'
import { families, sharedBy } from '../../../src/cli/docs/param-group.ts'

const row = (name: string, ...params: readonly string[]) => ({
  name,
  params: params.map(name => ({ name, summary: `what ${name} is` })),
})

t.test('neighbours that have most parameters in common are a family', async t => {
  const rows = [
    row('plain'),
    row('empty'),
    row('a', 'x', 'y', 'z'),
    row('b', 'x', 'y', 'u'),
    row('c', 'x', 'v'),
    row('d', 'x', 'y', 'z'),
  ]
  const names = families(rows).map(group => group.map(({ name }) => name).join(' '))
  t.same(names, ['plain', 'empty', 'a b', 'c', 'd'])
})

t.test('a parameter is said once, with the rows that have it; what not all have comes first', async t => {
  const shared = sharedBy([row('a', 'x', 'y'), row('b', 'x', 'z')])
  t.same(
    shared.map(({ param, of }) => `${param.name}: ${of.map(({ name }) => name).join(' ')}`),
    ['y: a', 'z: b', 'x: a b'],
  )
})

t.test('the same name with another meaning or argument is another parameter', async t => {
  const rows = [
    { params: [{ name: 'topic', argument: 'TEXT', summary: 'one' }] },
    { params: [{ name: 'topic', argument: 'LIST', summary: 'one' }] },
    { params: [{ name: 'topic', argument: 'LIST', summary: 'two' }] },
  ]
  t.equal(families(rows).length, 3)
  t.equal(sharedBy(rows).length, 3)
})
