// Writes the man pages, the completions and the README's blocks from the tables.

import { writeDocs } from '../src/docs.ts'

await writeDocs(new URL('..', import.meta.url))
