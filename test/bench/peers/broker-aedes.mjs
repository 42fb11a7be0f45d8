// broker-aedes PORT: aedes on 127.0.0.1, from the folder that the bench says to install it in.
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(join(tmpdir(), 'daqutils-bench/aedes/from.js'))
const { Aedes } = await import(pathToFileURL(require.resolve('aedes')).href)
const aedes = await Aedes.createBroker()
createServer(aedes.handle).listen(Number(process.argv[2]), '127.0.0.1')
