import { statfsSync } from 'node:fs'
import t from 'tap'
import { FreeSpace } from '../../src/store/free-space.ts'

t.test('writing goes on while enough stays free, and what was written since the last look is counted', async t => {
  const path = `${t.testdir()}/log`
  const { bavail, bsize } = statfsSync(path.slice(0, -4))
  const free = bavail * bsize
  // Nothing is really written, so each look finds as much as the first.
  const space = new FreeSpace('x:', free - 100e6)
  space.check(path, 40e6)
  space.check(path, 40e6)
  t.throws(() => space.check(path, 110e6), { message: /^x:: only .* are free on the disk: expected at least/ })
})

t.test('a disk with too little room is refused at once, with what there is and what there should be', async t => {
  const space = new FreeSpace('x:', 1e18)
  t.throws(() => space.check(`${t.testdir()}/log`, 1), { message: /only .*B are free on the disk: expected at least/ })
})
