import t from 'tap'
import { RawClient, serve } from '../support/bus.ts'

t.test('an instance has a name of its own and addresses that others may have', async t => {
  const { path } = await serve(t)
  const [boston, chicago, asks] = [new RawClient(t, path), new RawClient(t, path), new RawClient(t, path)]
  for (const [client, name] of [
    [boston, 'vSphere.Boston'],
    [chicago, 'vSphere.Chicago'],
  ] as const) {
    client.say({ broker: { do: 'hello', name, addresses: ['vSphere.node.list'] } })
    t.same(await client.hear(), { broker: { ok: 'hello' } })
  }
  asks.say(
    { topic: 'vSphere.node.list' },
    { topic: 'vSphere.Boston' },
    { topic: 'local.vSphere.Chicago' },
    { topic: 'allservices' },
  )
  await asks.settled()
  const topics = async (client: RawClient) => (await client.settled()).map(({ topic }) => topic)
  t.same(await topics(boston), ['vSphere.node.list', 'vSphere.Boston', 'allservices'])
  t.same(await topics(chicago), ['vSphere.node.list', 'local.vSphere.Chicago', 'allservices'])
})

t.test('a name is taken once, until its instance leaves', async t => {
  const { path } = await serve(t)
  const [one, two] = [new RawClient(t, path), new RawClient(t, path)]
  const hello = { broker: { do: 'hello', name: 'radio' } }
  one.say(hello)
  await one.hear()
  two.say(hello)
  t.same(await two.hear(), { broker: { error: "the name 'radio' is in use", passing: true } })
  one.say({ broker: { do: 'hello', name: 'other' } })
  t.match(await one.hear(), { broker: { error: /this client is called radio/ } })
  one.socket.destroy()
  for (;;) {
    two.say(hello)
    const { broker } = await two.hear()
    if (JSON.stringify(broker) === '{"ok":"hello"}') break
  }
  two.say({ broker: { do: 'hello', addresses: ['a'] } })
  t.match(await two.hear(), { broker: { error: /only with a name/ } })
})

t.test('who waits for subscribers is told of members of groups and of consumers that come later', async t => {
  const { path } = await serve(t, { journal: { folder: t.testdir({}), sync: 'never' } })
  for (const [index, member] of [{ group: 'g' }, { durable: 'd' }, { from: 'earliest' }].entries()) {
    const [waits, comes] = [new RawClient(t, path), new RawClient(t, path)]
    const topic = `topic${index}`
    waits.say({ broker: { do: 'await', topic } })
    t.same(await waits.settled(), [])
    await comes.subscribe(topic, member)
    t.same(await waits.hear(), { broker: { ok: 'await', topic } }, JSON.stringify(member))
  }
})
