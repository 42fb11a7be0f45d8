// The README's blocks that are made from the tables, between `<!-- NAME -->` and `<!-- /NAME -->`.

import { CARRIERS } from '../../carrier/index.ts'
import { CODECS } from '../../codec/index.ts'
import { STORES } from '../../store/index.ts'
import { pageName } from '../dispatch.ts'
import { EXIT_CODES } from '../exit.ts'
import { brief } from './endpoints.ts'
import type { CommandTable } from './man.ts'

export function readmeBlocks(commands: readonly CommandTable[]): ReadonlyMap<string, string> {
  return new Map([
    [
      'commands',
      table(
        ['command', 'job'],
        commands.map(({ name, summary }) => [`\`${name}\``, summary]),
      ),
    ],
    [
      'endpoints',
      table(
        ['endpoint', 'what it is'],
        CARRIERS.map(carrier => [`\`${carrier.example}\``, brief(carrier)]),
      ),
    ],
    [
      'formats',
      table(
        ['format', 'what it is'],
        CODECS.map(codec => [`\`${codec.name}\``, brief(codec)]),
      ),
    ],
    [
      'stores',
      table(
        ['store', 'what it is'],
        STORES.map(({ example, summary }) => [`\`${example}\``, summary]),
      ),
    ],
    [
      'exit-codes',
      table(
        ['code', 'meaning'],
        EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]),
      ),
    ],
    ...commands.map(({ name, examples }): [string, string] => [
      `examples-${pageName({ name })}`,
      `\`\`\`sh\n${examples.map(({ summary, line }) => `# ${summary}\n${line}`).join('\n\n')}\n\`\`\``,
    ]),
  ])
}

export function replaceBlocks(readme: string, blocks: ReadonlyMap<string, string>): string {
  return readme.replace(/<!-- ([a-z-]+) -->\n[\s\S]*?<!-- \/\1 -->/g, (whole, name: string) => {
    const block = blocks.get(name)
    return block === undefined ? whole : `<!-- ${name} -->\n${block}\n<!-- /${name} -->`
  })
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
