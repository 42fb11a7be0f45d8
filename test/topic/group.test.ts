// A queue group: turns, room, acknowledgements, members that leave.

import t from 'tap'
import { randomStream } from '../../src/random.ts'
import { type Delivery, Group } from '../../src/topic/group.ts'

interface Member {
  readonly name: string
  room: boolean
}

const member = (name: string): Member => ({ name, room: true })
interface Message {
  readonly number: number
  readonly length: number
}

const message = (number: number, length = 1): Message => ({ number, length })

function groupOf(waiting: number, ...members: readonly Member[]) {
  const group = new Group<Member, Message>({
    waiting,
    waitingBytes: 1_000_000,
    unacknowledgedBytes: 1000,
    hasRoom: ({ room }) => room,
  })
  for (const one of members) group.join(one)
  return group
}

function* deliveries(group: ReturnType<typeof groupOf>): Generator<Delivery<Member, Message>> {
  for (let delivery = group.next(); delivery; delivery = group.next()) yield delivery
}

function shown(group: ReturnType<typeof groupOf>): readonly string[] {
  return [...deliveries(group)].map(
    ({ member, message, redelivered }) => `${member.name}${message.number}${redelivered ? ' again' : ''}`,
  )
}

t.test('each message goes to one member, in turn', async t => {
  const [a, b, c] = [member('a'), member('b'), member('c')]
  const group = groupOf(100, a, b, c)
  t.notOk(group.join(a))
  for (let number = 0; number < 5; number++) group.offer(message(number))
  t.same(shown(group), ['a0', 'b1', 'c2', 'a3', 'b4'])
  group.leave(b)
  for (let number = 5; number < 8; number++) group.offer(message(number))
  t.same(shown(group), ['c5', 'a6', 'c7'])
  t.same(group.members, [a, c])
})

t.test('a member without room is passed over; without any, messages wait up to the bound', async t => {
  const [a, b] = [member('a'), member('b')]
  const group = groupOf(3, a, b)
  a.room = false
  for (let number = 0; number < 2; number++) group.offer(message(number))
  t.same(shown(group), ['b0', 'b1'])
  b.room = false
  for (let number = 2; number < 5; number++) t.ok(group.offer(message(number)))
  t.ok(group.isFull)
  t.notOk(group.offer(message(5)))
  t.same(shown(group), [])
  t.equal(group.waiting, 3)
  a.room = true
  t.same(shown(group), ['a2', 'a3', 'a4'])
  t.notOk(group.isFull)
})

t.test('bytes are bounded, too, but for one message', async t => {
  const [a, b] = [member('a'), member('b')]
  const group = groupOf(100)
  group.join(a, { unacknowledged: 100 })
  group.offer(message(0, 2000))
  for (let number = 1; number < 4; number++) group.offer(message(number, 600))
  const [first, ...others] = deliveries(group)
  t.same([first?.message.number, others.length], [0, 0])
  t.equal(group.waitingBytes, 1800)
  group.acknowledge(a, first?.tag ?? -1)
  const [second, third] = deliveries(group)
  t.same([second?.message.number, third?.message.number, group.waiting], [1, 2, 1])
  group.leave(a)
  t.equal(group.waitingBytes, 1800, 'what comes back waits again')
  b.room = false
  group.join(b)
  t.ok(group.offer(message(4, 998_199)))
  t.ok(group.offer(message(5, 5_000_000)))
  t.ok(group.isFull)
  t.notOk(group.offer(message(6)))
  b.room = true
  t.same(shown(group), ['b1 again', 'b2 again', 'b3', 'b4', 'b5'])
  t.same([group.waitingBytes, group.isFull], [0, false])
})

t.test('what a member had not acknowledged goes to another one, first and marked', async t => {
  const [a, b] = [member('a'), member('b')]
  const group = groupOf(100)
  group.join(a, { unacknowledged: 3 })
  group.join(b, { unacknowledged: 1 })
  for (let number = 0; number < 6; number++) group.offer(message(number))
  const out = [...deliveries(group)]
  t.same(
    out.map(({ member, message }) => `${member.name}${message.number}`),
    ['a0', 'b1', 'a2', 'a3'],
  )
  t.ok(group.acknowledge(a, out[2]?.tag ?? -1))
  t.notOk(group.acknowledge(a, out[2]?.tag ?? -1), 'once')
  t.notOk(group.acknowledge(b, out[0]?.tag ?? -1), 'only its own')
  t.ok(group.leave(a))
  t.notOk(group.leave(a))
  t.ok(group.acknowledge(b, out[1]?.tag ?? -1))
  t.same(shown(group), ['b0 again'])
  t.ok(group.acknowledge(b, out[0]?.tag ?? -1), 'the tag is the same')
  t.same(shown(group), ['b3 again'])
  group.acknowledge(b, out[3]?.tag ?? -1)
  t.same(shown(group), ['b4'])
})

t.test(
  'members come, go and acknowledge at random: each message is done with, twice only where it is marked',
  async t => {
    const random = randomStream('group', 'test')
    const group = groupOf(1_000_000)
    const members: Member[] = []
    const done = new Map<number, number>()
    const given = new Set<number>()
    const open: Delivery<Member, Message>[] = []
    let unmarked = 0
    const act = () => {
      for (const delivery of deliveries(group)) {
        if (given.has(delivery.message.number) && !delivery.redelivered) unmarked++
        given.add(delivery.message.number)
        open.push(delivery)
      }
      const [one] = open.splice(random.integer(0, Math.max(0, open.length - 1)), 1)
      if (one && group.acknowledge(one.member, one.tag)) {
        done.set(one.message.number, (done.get(one.message.number) ?? 0) + 1)
      }
    }
    for (let number = 0; number < 5000; number++) {
      group.offer(message(number))
      if (random.fraction() < 0.02 || members.length === 0) {
        const one = member(`m${number}`)
        members.push(one)
        group.join(one, { unacknowledged: random.integer(1, 20) })
      }
      if (random.fraction() < 0.015 && members.length > 1) {
        const [one] = members.splice(random.integer(0, members.length - 1), 1)
        if (one) group.leave(one)
      }
      act()
    }
    for (let round = 0; round < 50_000 && done.size < 5000; round++) act()
    t.equal(done.size, 5000)
    t.ok([...done.values()].every(times => times === 1))
    t.equal(unmarked, 0)
    t.equal(group.waiting, 0)
  },
)
