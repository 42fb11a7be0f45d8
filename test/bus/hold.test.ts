import t from 'tap'
import { Hold } from '../../src/bus/hold.ts'

t.test('reading goes on when the last of them has room, and is paused once', async t => {
  const said: string[] = []
  const hold = new Hold({ pause: () => void said.push('pause'), resume: () => void said.push('resume') })
  const rooms: (() => void)[] = []
  const jam = { onRoom: (act: () => void) => void rooms.push(act) }
  hold.until([])
  t.same([said, hold.isOn], [[], false])
  hold.until([jam, jam])
  hold.until([jam])
  rooms[0]?.()
  rooms[1]?.()
  t.same([said, hold.isOn], [['pause'], true])
  rooms[2]?.()
  t.same([said, hold.isOn], [['pause', 'resume'], false])
})
