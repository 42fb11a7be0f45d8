// Writes what is made from the tables: man pages and the README's blocks (`npm run docs`).

import { readFileSync, writeFileSync } from 'node:fs'
import { allTables, pageName } from './cli/dispatch.ts'
import { ENDPOINT_PAGE, endpointPage } from './cli/docs/endpoints.ts'
import { type CommandTable, manPage } from './cli/docs/man.ts'
import { readmeBlocks, replaceBlocks } from './cli/docs/readme.ts'
import { version } from './cli/version.ts'
import { COMMANDS } from './commands/index.ts'

/** Every generated file by its path in the project, with its text. */
export async function generatedFiles(readme: string): Promise<ReadonlyMap<string, string>> {
  const tables: readonly CommandTable[] = await allTables(COMMANDS)
  const files = new Map<string, string>()
  for (const table of tables) files.set(`man/${pageName(table)}.1`, manPage(table, version()))
  files.set(`man/${ENDPOINT_PAGE}.7`, endpointPage(version()))
  files.set('README.md', replaceBlocks(readme, readmeBlocks(tables)))
  return files
}

export async function writeDocs(root: URL): Promise<void> {
  const readme = readFileSync(new URL('README.md', root), 'utf8')
  for (const [path, text] of await generatedFiles(readme)) writeFileSync(new URL(path, root), text)
}
