// The boxes against NaCl's own vectors, and that nothing damaged opens.

import t from 'tap'
import { BOX_OVERHEAD, loadBoxes } from '../../src/zmtp/curve-box.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

/** Of NaCl's tests box.c, box2.c and scalarmult.c. */
const ALICE = {
  publicKey: hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  secretKey: hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
}
const BOB = {
  publicKey: hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
  secretKey: hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
}
const SHARED = hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389')
const NONCE = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37')
const CONTENT = hex(
  'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f4' +
    '1db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52' +
    'f0a089bc76897040e082f937763848645e0705',
)
const BOX = hex(
  'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b' +
    '4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da' +
    '99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5',
)

t.test('the vectors of NaCl', async t => {
  const boxes = await loadBoxes()
  t.same(boxes.sharedKey(BOB.publicKey, ALICE.secretKey), SHARED)
  t.same(boxes.sharedKey(ALICE.publicKey, BOB.secretKey), SHARED)
  t.same(boxes.seal(SHARED, NONCE, CONTENT), BOX)
  t.same(boxes.open(SHARED, NONCE, BOX), CONTENT)
})

t.test('a box with any byte changed, cut or under another nonce does not open', async t => {
  const boxes = await loadBoxes()
  for (const at of BOX.keys()) {
    t.equal(boxes.open(SHARED, NONCE, BOX.with(at, (BOX[at] ?? 0) ^ 1)), undefined, `byte ${at} changed`)
    t.equal(boxes.open(SHARED, NONCE, BOX.subarray(0, at)), undefined, `${at} bytes of it`)
  }
  t.equal(boxes.open(SHARED, NONCE.with(23, 0), BOX), undefined)
  t.equal(boxes.open(SHARED.with(0, 0), NONCE, BOX), undefined)
})

t.test('from nothing to 4 MiB', async t => {
  const boxes = await loadBoxes()
  for (const length of [0, 1, 63, 64, 65, 4 << 20]) {
    const content = new Uint8Array(length).fill(length)
    const box = boxes.seal(SHARED, NONCE, content)
    t.equal(box.length, length + BOX_OVERHEAD)
    t.ok(Buffer.from(boxes.open(SHARED, NONCE, box) ?? [1]).equals(content), `${length} bytes`)
  }
})

t.test('a public key of small order is refused', async t => {
  const boxes = await loadBoxes()
  for (const key of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
    t.throws(() => boxes.sharedKey(key, ALICE.secretKey), { name: 'DataError', reason: /public key that nobody/ })
  }
})
