// valkyrie-keygen: makes the keys by which the two ends of an encrypted connection know each other.

import { readKeyPair, writeKeyFiles } from '../carrier/curve-files.ts'
import { descriptorOutlet } from '../carrier/stdio.ts'
import { type Context, defineCommand } from '../cli/command.ts'
import type { Option, Values } from '../cli/option.ts'
import { COMMON } from '../cli/shared-options.ts'
import { UsageError } from '../errors.ts'
import { type CurveKeys, certificateText, generateKeys, keyFileText } from '../zmtp/curve-keys.ts'
import { encodeZ85 } from '../zmtp/z85.ts'

const OPTIONS = [
  ...COMMON,
  {
    name: 'force',
    kind: 'flag',
    summary: 'overwrite files that are there: whoever knew the old key is locked out',
  },
  {
    name: 'pyzmq',
    kind: 'flag',
    summary: 'name the files as pyzmq does: NAME.key_secret and, with the public key alone, NAME.key',
  },
  {
    name: 'keys',
    kind: 'text',
    argument: 'FILE',
    summary: 'make no new pair but take that of this file; without NAME only print its public key',
    detail: 'The file is one that valkyrie-keygen, pyzmq or czmq has made: NAME.key or NAME.key_secret.',
  },
] as const satisfies readonly Option[]

export const valkyrieKeygen = defineCommand({
  name: 'valkyrie-keygen',
  summary: 'make the keys for encrypted Valkyrie connections',
  description: [
    'valkyrie-keygen makes a pair of CURVE keys and writes it into two files: NAME.key, which holds the secret key and ' +
      'is for this machine alone, and NAME.pub, which holds the public key and is for the others. It prints the public ' +
      'key. Files that are there already are not touched.',
    'Each end of a connection has a pair. The server, usually the end that listens, needs its own NAME.key and a list of ' +
      'the clients that it lets in: their public keys, one a line, # begins a comment. A client needs its own NAME.key ' +
      "and the server's NAME.pub.",
    'A key is 32 bytes of X25519, written in 40 characters of Z85; NAME.pub holds these and nothing else. NAME.key is a certificate that pyzmq and czmq read; ' +
      'their certificates can be used wherever a key file is asked for.',
  ],
  positionals: [{ name: 'NAME', summary: 'the files without their endings; may have folders before it' }],
  options: OPTIONS,
  examples: [
    {
      summary: 'A pair each for a server and a client',
      line: 'valkyrie-keygen detector && valkyrie-keygen filewriter',
    },
    {
      summary: 'Nobody else reads along, and nobody else is let in',
      line:
        'valkyrie-keygen -q detector >detector.txt && valkyrie-keygen -q display >allowed.txt && ' +
        '{ valkyrie-recv -e ipc://live --curve-key display.key --curve-server-key detector.pub -n 5 --to ndjson & ' +
        'sensor-sim -n 5 --interval 0 | valkyrie-send -e ipc://live --curve-key detector.key --curve-allow allowed.txt ' +
        '--wait-peers 1 --policy block; wait $!; }',
    },
    {
      summary: 'A server lets in one more client',
      line: 'valkyrie-keygen -q display && cat display.pub >>allowed.txt',
    },
    {
      summary: 'For a Python program: zmq.auth.load_certificate reads both files',
      line: 'valkyrie-keygen --pyzmq lab && ls lab.key lab.key_secret',
    },
    {
      summary: 'The public key of a pair',
      line: 'valkyrie-keygen -q detector >/dev/null && valkyrie-keygen --keys detector.key',
    },
  ],
  seeAlso: ['valkyrie-send(1)', 'valkyrie-recv(1)'],
  filter: false,
  async run(context) {
    const { values, positionals } = context
    const [name] = positionals
    if (name === undefined && values.keys === undefined) throw new UsageError('no NAME given')
    const keys = values.keys === undefined ? generateKeys() : readKeyPair(values.keys)
    if (name !== undefined) writeFiles(name, keys, context)
    const stdout = descriptorOutlet(1, 'stdout')
    await stdout.write([Buffer.from(`${encodeZ85(keys.publicKey)}\n`)])
    await stdout.close()
  },
})

const COMMENT = 'CURVE key pair: keep it secret, it is for this machine alone.'
const PUBLIC_COMMENT = 'CURVE public key: for everybody who talks to the one who has its secret key.'

function writeFiles(name: string, keys: CurveKeys, { values, inform }: Context<Values<typeof OPTIONS>>): void {
  const secretPath = `${name}${values.pyzmq ? '.key_secret' : '.key'}`
  const publicPath = `${name}${values.pyzmq ? '.key' : '.pub'}`
  const bare = `${encodeZ85(keys.publicKey)}\n`
  const files = [
    { path: secretPath, text: keyFileText(keys, COMMENT), secret: true },
    { path: publicPath, text: values.pyzmq ? certificateText(keys.publicKey, PUBLIC_COMMENT) : bare, secret: false },
  ]
  writeKeyFiles(files, { replace: values.force })
  inform(`${secretPath} is to be kept secret, ${publicPath} is for the others`)
}
