// Keys made and derived, and every text that holds them: pyzmq's certificates, ours, lists of the allowed.

import t from 'tap'
import {
  certificateText,
  generateKeys,
  keyFileText,
  parseAllowedKeys,
  parseKeyPair,
  parsePublicKey,
  publicKeyOf,
} from '../../src/zmtp/curve-keys.ts'
import { decodeZ85, encodeZ85 } from '../../src/zmtp/z85.ts'

/** The test keys of zmq_curve(7). */
const PUBLIC = 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'
const SECRET = 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'
const OTHER = 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'

const key = (text: string) => decodeZ85(text) ?? new Uint8Array(0)
const pair = { publicKey: key(PUBLIC), secretKey: key(SECRET) }

/** As `zmq.auth.create_certificates` of pyzmq 24 lays it out. */
const CERTIFICATE = `#   ****  Generated on 2026-11-21 07:48:39.698900 by pyzmq  ****
#   ZeroMQ CURVE **Secret** Certificate
#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.

metadata
    who = me
curve
    public-key = "${PUBLIC}"
    secret-key = "${SECRET}"
`

t.test('a public key is derived from its secret key', async t => {
  t.same(publicKeyOf(pair.secretKey), pair.publicKey)
  // Alice and Bob of NaCl and of RFC 7748.
  for (const [secret, expected] of [
    [
      '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
      '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
    ],
    [
      '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
      'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    ],
  ] as const)
    t.equal(Buffer.from(publicKeyOf(Buffer.from(secret, 'hex'))).toString('hex'), expected)
})

t.test('a made pair belongs together and is another each time', async t => {
  const [one, two] = [generateKeys(), generateKeys()]
  for (const { publicKey, secretKey } of [one, two]) {
    t.same([publicKey.length, secretKey.length], [32, 32])
    t.same(publicKeyOf(secretKey), publicKey)
  }
  t.notSame(one, two)
})

t.test('key files and certificates are read', async t => {
  t.same(parseKeyPair(CERTIFICATE, 'lab.key_secret'), pair)
  t.same(parseKeyPair(CERTIFICATE.replaceAll('\n', '\r\n').replaceAll('"', ''), 'lab.key_secret'), pair)
  t.same(parseKeyPair(`curve\n    secret-key = '${SECRET}'`, 'lab.key_secret'), pair, 'the public key is derived')
  t.same(parseKeyPair(keyFileText(pair, 'secret'), 'lab.key'), pair)
})

t.test('a public key is read alone, from a certificate and from a key file', async t => {
  for (const text of [PUBLIC, `# the server\n${PUBLIC}\n`, CERTIFICATE, certificateText(pair.publicKey, 'public')]) {
    t.same(parsePublicKey(text, 'lab.pub'), pair.publicKey)
  }
  t.same(parsePublicKey(`secret-key = ${SECRET}`, 'lab.key'), pair.publicKey)
})

t.test('what cannot be read is named, and no key is in the words', async t => {
  const cut = CERTIFICATE.replace(SECRET, SECRET.slice(1))
  const foreign = CERTIFICATE.replace(PUBLIC, OTHER)
  const cases: readonly (readonly [() => unknown, string])[] = [
    [() => parseKeyPair('', 'k'), 'k: no secret key in it: expected a line secret-key = "…"'],
    [() => parseKeyPair(PUBLIC, 'k'), 'k: no secret key in it: expected a line secret-key = "…"'],
    [() => parseKeyPair(cut, 'k'), 'k:9: secret-key: expected 40 characters of Z85'],
    [() => parseKeyPair(foreign, 'k'), 'k: its public key does not belong to its secret key'],
    [() => parsePublicKey('# nothing\n', 'k'), 'k: no public key in it: expected 40 characters of Z85'],
    [() => parsePublicKey(`${PUBLIC}\n\n${OTHER}`, 'k'), 'k:3: expected one public key'],
    [() => parseAllowedKeys(`${PUBLIC}\n${OTHER.slice(1)}`, 'k'), 'k:2: expected a public key: 40 characters of Z85'],
    [() => parseAllowedKeys(`${PUBLIC} ${OTHER}`, 'k'), 'k:1: expected a public key: 40 characters of Z85'],
    [() => parseAllowedKeys('# nobody\n', 'k'), 'k: no public key in it: nobody would be allowed'],
  ]
  for (const [act, message] of cases) t.throws(act, { name: 'DataError', message })
})

t.test('a list of the allowed has comments and blank lines', async t => {
  const inside = encodeZ85(Uint8Array.from({ length: 32 }, (_, index) => (index % 4 === 3 ? 84 : 0)))
  t.match(inside, /#/, 'a key may hold the sign of comments')
  const text = `# clients\n\n  ${PUBLIC}  # the bench\r\n${OTHER}\n${inside}\n#${PUBLIC}`
  t.same([...parseAllowedKeys(text, 'allowed')], [PUBLIC, OTHER, inside])
})
