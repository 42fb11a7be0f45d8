import t from 'tap'
import { inline, literal, paragraph, references, section, term, terse } from '../../../src/cli/docs/roff.ts'

t.test('what roff would take for its own is made harmless', async t => {
  t.equal(inline('a-b \\ c'), 'a\\-b \\e c')
  t.equal(paragraph('.TH is a macro'), '.PP\n\\&.TH is a macro')
  t.equal(literal("'quoted'\n.dot"), ".PP\n.RS 4\n.nf\n\\&'quoted'\n\\&.dot\n.fi\n.RE")
})

t.test('emphasis of the prose is that of the page', async t => {
  t.equal(inline('*bold* and _italic_, not snake_case_names'), '\\fBbold\\fR and \\fIitalic\\fR, not snake_case_names')
  t.equal(section('Exit status'), '.SH EXIT STATUS')
  t.equal(references(['broker-ps(1)', 'packet(5)']), '\\fB\\%broker\\-ps(1)\\fR, \\fB\\%packet(5)\\fR')
  t.equal(term('\\-n', 'how many'), '.TP\n\\-n\nhow many')
})

t.test('terse terms stand side by side with their meanings, wide enough for the longest', async t => {
  t.equal(
    terse([
      ['-', 'stdin'],
      ['a:PATH', 'a-b'],
    ]),
    '.PD 0\n.TP 8\n\\fB\\-\\fR\nstdin\n.TP 8\n\\fBa:PATH\\fR\na\\-b\n.PD',
  )
})
