// valkyrie-keygen at the process boundary, and pyzmq as the judge of its files.

import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readKeyPair, readPublicKey } from '../../src/carrier/curve-files.ts'
import { encodeZ85 } from '../../src/zmtp/z85.ts'
import { commandFolder, runLine } from '../support/cases.ts'
import { DEBIAN_PYTHON, noPyzmq } from '../support/python.ts'

const commands = commandFolder(t.testdir({}))

function here(t: Test) {
  const folder = t.testdir({})
  const run = (line: string) => runLine(line, commands, { folder })
  return { folder, run, at: (name: string) => join(folder, name) }
}

t.test('two files and the public key on stdout', async t => {
  const { run, at } = here(t)
  const { code, stdout, stderr } = await run('valkyrie-keygen lab')
  t.equal(code, 0, stderr)
  const { publicKey } = readKeyPair(at('lab.key'))
  t.equal(stdout.toString(), `${encodeZ85(publicKey)}\n`)
  t.equal(readFileSync(at('lab.pub'), 'utf8'), stdout.toString())
  t.same(readPublicKey(at('lab.pub')), publicKey)
  t.equal(statSync(at('lab.key')).mode & 0o777, 0o600)
  t.equal(stderr, 'valkyrie-keygen: lab.key is to be kept secret, lab.pub is for the others\n')
})

t.test('a key is overwritten only by force', async t => {
  const { run, at } = here(t)
  await run('valkyrie-keygen -q lab')
  const before = readFileSync(at('lab.key'), 'utf8')
  const again = await run('valkyrie-keygen lab')
  t.match(again, { code: 1, stderr: /^valkyrie-keygen: lab\.key: is there already/ })
  t.equal(again.stdout.toString(), '')
  t.equal(readFileSync(at('lab.key'), 'utf8'), before)
  t.match(await run('valkyrie-keygen -q --force lab'), { code: 0, stderr: '' })
  t.not(readFileSync(at('lab.key'), 'utf8'), before)
})

t.test('an existing pair is told and written in the other form', async t => {
  const { run, at } = here(t)
  const { stdout } = await run('valkyrie-keygen -q lab')
  t.same((await run('valkyrie-keygen --keys lab.key')).stdout, stdout)
  t.same((await run('valkyrie-keygen -q --keys lab.key --pyzmq copy')).stdout, stdout)
  t.same(readKeyPair(at('copy.key_secret')), readKeyPair(at('lab.key')))
  t.same(readPublicKey(at('copy.key')), readPublicKey(at('lab.pub')))
})

t.test('the secret key is on neither stream', async t => {
  const { run, at } = here(t)
  const { stdout, stderr } = await run('valkyrie-keygen -v lab')
  const secret = encodeZ85(readKeyPair(at('lab.key')).secretKey)
  t.notOk(`${stdout}${stderr}`.includes(secret))
})

t.test('wrong usage', async t => {
  const { run } = here(t)
  t.match(await run('valkyrie-keygen'), { code: 2, stderr: /^valkyrie-keygen: no NAME given\n/ })
  t.match(await run('valkyrie-keygen a b'), { code: 2, stderr: /unexpected 'b'/ })
  t.match(await run('valkyrie-keygen --keys none'), { code: 1, stderr: /none: no such file or directory/ })
})

t.test('pyzmq reads our files', { skip: noPyzmq }, async t => {
  const { run, folder, at } = here(t)
  await run('valkyrie-keygen -q ours && valkyrie-keygen -q --pyzmq theirs')
  const script = `
import sys, zmq, zmq.auth
for name in sys.argv[1:]:
    public, secret = zmq.auth.load_certificate(name)
    print(public.decode(), (secret or b'-').decode(), secret is None or zmq.curve_public(secret) == public)`
  const files = ['ours.key', 'theirs.key_secret', 'theirs.key']
  const said = execFileSync(DEBIAN_PYTHON, ['-c', script, ...files], { cwd: folder, encoding: 'utf8' })
    .trimEnd()
    .split('\n')
  const pairs = [at('ours.key'), at('theirs.key_secret')].map(readKeyPair)
  const words = pairs.map(({ publicKey, secretKey }) => `${encodeZ85(publicKey)} ${encodeZ85(secretKey)} True`)
  t.same(said, [...words, `${encodeZ85(readPublicKey(at('theirs.key')))} - True`])
  t.same(readPublicKey(at('theirs.key')), pairs[1]?.publicKey)
})

t.test('files of pyzmq are read', { skip: noPyzmq }, async t => {
  const { run, folder, at } = here(t)
  const script = "import zmq.auth; zmq.auth.create_certificates('.', 'lab', {'who': 'public-key = nobody'})"
  execFileSync(DEBIAN_PYTHON, ['-c', script], { cwd: folder })
  const { publicKey } = readKeyPair(at('lab.key_secret'))
  t.same(readPublicKey(at('lab.key')), publicKey)
  t.equal((await run('valkyrie-keygen --keys lab.key_secret')).stdout.toString(), `${encodeZ85(publicKey)}\n`)
  const refused = await run('valkyrie-keygen --keys lab.key')
  t.match(refused, { code: 1, stderr: /lab\.key: no secret key in it/ })
})
